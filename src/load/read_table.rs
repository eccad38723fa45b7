//! Reading tables: text with delimiters, spreadsheets, JSON of rows.
//!
//! In: a file and what holds its rows. Out: a layer per table that has rows or a header. What a table is, the
//! first reading says ([`super::table::survey`]); its rows come with the second ([`super::table::layer`]).

use std::path::Path;

use super::error::LoadError;
use super::job::{Settings, TableSettings};
use super::pipe::{Setup, Stop};
use super::read::{About, STRIDE, Source};
use super::report::{Fault, FaultKind};
use super::sniff::Rows;
use super::table::axes;
use super::table::csv::CsvGrid;
use super::table::error::GridError;
use super::table::grid::Grid;
use super::table::json;
use super::table::layer::{Ended, Maker};
use super::table::ods::Ods;
use super::table::place::Placing;
use super::table::survey::{Survey, Unfit, survey};
use super::table::text_file::Encoding;
use super::table::workbook::{self, Book, Workbook};
use crate::model::crs::Crs;
use crate::model::text::fold;
use crate::ogr::spatial_ref;

/// Names of sheets that hold no rows: lists of choices, instructions.
const NO_TABLES: [&str; 14] = [
    "listes",
    "lists",
    "nomenclature",
    "nomenclatures",
    "lisez moi",
    "lisezmoi",
    "readme",
    "read me",
    "notice",
    "mode d emploi",
    "aide",
    "help",
    "instructions",
    "legende",
];

impl Source<'_> {
    /// Reads the tables of a file.
    pub(super) fn read_table(&mut self, path: &Path, rows: Rows) -> Result<(), LoadError> {
        match rows {
            Rows::Delimited => self.read_delimited(path),
            Rows::Sheet => self.read_spreadsheet(path),
            Rows::Json => self.read_records(path),
        }
    }

    fn read_delimited(&mut self, path: &Path) -> Result<(), LoadError> {
        let name = self.free_name(&self.stem());
        let settings = self.job.settings_of(&name).clone();
        let (encoding, delimiter) = self.text_settings(&name, &settings.table)?;
        let csv = CsvGrid::open(path, encoding, delimiter).map_err(|e| self.grid_error(&name, e))?;
        let label = csv.encoding.label().to_owned();
        let taken = self.read_grid(Grid::Csv(&csv), name, "CSV", Some(label))?;
        if !taken {
            return Err(self.not_geodata("there is no row with text in it".into()));
        }
        Ok(())
    }

    /// What the settings say of a file of text.
    fn text_settings(&self, layer: &str, table: &TableSettings) -> Result<(Option<Encoding>, Option<u8>), LoadError> {
        let missing = |what: &str, there: &str| LoadError::Missing {
            path: self.path(),
            layer: layer.to_owned(),
            what: what.to_owned(),
            there: there.to_owned(),
        };
        let encoding = table.encoding.as_ref().map(|name| {
            Encoding::named(name).ok_or_else(|| missing(&format!("encoding \"{name}\""), "utf-8, windows-1252, utf-16"))
        });
        let delimiter = table.delimiter.as_ref().map(|text| match text.as_bytes() {
            b"tab" | b"\\t" => Ok(b'\t'),
            [one] if one.is_ascii() && !one.is_ascii_alphanumeric() && *one != b'"' => Ok(*one),
            _ => Err(missing(
                &format!("delimiter \"{text}\""),
                "\";\", \",\", \"|\", \"tab\" and other single marks",
            )),
        });
        Ok((encoding.transpose()?, delimiter.transpose()?))
    }

    fn read_spreadsheet(&mut self, path: &Path) -> Result<(), LoadError> {
        let stem = self.stem();
        let mut book = AnyBook::open(path).map_err(|e| self.grid_error(&stem, e))?;
        let format = book.format();
        let wanted = self.wanted_sheets(book.sheets(), &stem)?;
        let sheets = self.sheets_with_rows(&mut book, wanted)?;
        let single = sheets.len() == 1;
        for sheet in sheets {
            let name = self.free_name(if single { &stem } else { &sheet });
            if self
                .job
                .layer
                .as_ref()
                .is_none_or(|wanted| *wanted == name || *wanted == sheet)
            {
                self.read_grid(book.grid(sheet), name, format, None)?;
            }
        }
        Ok(())
    }

    /// The sheets that are looked into: those that are shown and hold rows by their names, or the one that the
    /// settings name.
    fn wanted_sheets(&mut self, sheets: Vec<(String, bool)>, stem: &str) -> Result<Vec<String>, LoadError> {
        let all: Vec<String> = sheets.iter().map(|(name, _)| name.clone()).collect();
        let missing = |source: &Self, wanted: &str, what: &str| LoadError::Missing {
            path: source.path(),
            layer: wanted.to_owned(),
            what: what.to_owned(),
            there: all.join(", "),
        };
        if let Some(wanted) = self.job.settings_of(stem).table.sheet.clone() {
            return match all.iter().find(|name| fold(name) == fold(&wanted)) {
                Some(name) => Ok(vec![name.clone()]),
                None => Err(missing(self, stem, &format!("sheet \"{wanted}\""))),
            };
        }
        if let Some(wanted) = self.job.layer.as_ref().filter(|w| *w != stem && !all.contains(w)) {
            return Err(missing(self, wanted, "layer of that name"));
        }
        let (kept, passed): (Vec<_>, Vec<_>) = sheets
            .into_iter()
            .partition(|(name, shown)| *shown && !NO_TABLES.contains(&fold(name).as_str()));
        if kept.is_empty() {
            return Ok(passed.into_iter().map(|(name, _)| name).collect());
        }
        for (name, shown) in passed {
            let why = if shown {
                "holds no rows by its name"
            } else {
                "is hidden"
            };
            self.note(format!("the sheet \"{name}\" {why} and is passed over"));
        }
        Ok(kept.into_iter().map(|(name, _)| name).collect())
    }

    /// Those sheets in which a header and a row may be; if there are none, those in which anything is.
    fn sheets_with_rows(&mut self, book: &mut AnyBook, sheets: Vec<String>) -> Result<Vec<String>, LoadError> {
        let mut filled = vec![];
        for sheet in sheets {
            let mut rows = 0u8;
            let looked = book.grid(sheet.clone()).visit(&mut |row, _| {
                rows += u8::from(!row.is_empty());
                rows < 2
            });
            looked.map_err(|e| self.grid_error(&sheet, e))?;
            filled.push((sheet, rows));
        }
        let most = filled.iter().map(|(_, rows)| *rows).max().unwrap_or(0);
        if most == 0 {
            return Err(self.not_geodata("there is no sheet with a cell in it".into()));
        }
        for (sheet, _) in filled.iter().filter(|(_, rows)| *rows < most) {
            self.note(format!("the sheet \"{sheet}\" holds no table and is passed over"));
        }
        Ok(filled
            .into_iter()
            .filter(|(_, rows)| *rows == most)
            .map(|(sheet, _)| sheet)
            .collect())
    }

    fn read_records(&mut self, path: &Path) -> Result<(), LoadError> {
        let stem = self.stem();
        let file = json::read(path).map_err(|e| self.grid_error(&stem, e))?;
        for note in file.notes {
            self.note(note);
        }
        let single = file.tables.len() == 1;
        for table in &file.tables {
            let name = self.free_name(table.name.as_ref().filter(|_| !single).unwrap_or(&stem));
            if self.job.layer.as_ref().is_none_or(|wanted| *wanted == name) {
                self.read_grid(Grid::Json(table), name, "JSON", Some("UTF-8".into()))?;
            }
        }
        Ok(())
    }

    /// Reads one table as a layer; false where nothing is in it.
    fn read_grid(
        &mut self,
        mut grid: Grid<'_>,
        name: String,
        format: &str,
        encoding: Option<String>,
    ) -> Result<bool, LoadError> {
        let settings = self.job.settings_of(&name).clone();
        let found = survey(&mut grid, &settings.table).map_err(|e| self.unfit(&name, e))?;
        let Some(survey) = found else {
            return Ok(false);
        };
        let (crs, certainty) = self.system_of(&name, &settings, &survey)?;
        let about = About {
            name: name.clone(),
            driver: "native".into(),
            format: format.into(),
            encoding,
            geometry_column: survey.geometry.clone().unwrap_or_else(|| "geometry".into()),
        };
        let setup = Setup {
            crs: crs.clone(),
            crs_known: certainty != Certainty::Assumed,
            placed: survey.chosen.placing != Placing::Nowhere,
            fields: survey
                .fields
                .iter()
                .map(|(_, name, kind)| (name.clone(), *kind))
                .collect(),
        };
        self.take_layer(about, setup, &settings, |source, sink| {
            if certainty == Certainty::FileName {
                sink.fault(assumed_by_name(&crs));
            }
            let maker = Maker::new(&grid, &survey, &crs, certainty == Certainty::Settings);
            let (length, total) = (source.length, survey.rows);
            let ended = maker.run(&mut grid, sink, &mut |rows, bytes| {
                if rows.is_multiple_of(STRIDE) && rows > 0 {
                    match bytes {
                        0 => source.progress(rows, total),
                        bytes => source.progress(bytes, length),
                    }
                }
            });
            ended.map_err(|e| match e {
                Ended::Grid(e) => Stop::Error(source.grid_error(&name, e)),
                Ended::Stop(stop) => stop,
            })
        })?;
        Ok(true)
    }

    /// The layer's system, and how sure it is.
    fn system_of(&self, name: &str, settings: &Settings, survey: &Survey) -> Result<(Crs, Certainty), LoadError> {
        if let Some(crs) = self.override_of(name, settings)? {
            return Ok((crs, Certainty::Settings));
        }
        let chosen = &survey.chosen;
        if chosen.placing == Placing::Nowhere {
            return Ok((Crs::Crs84, Certainty::Said));
        }
        let mut said: Vec<Crs> = vec![];
        for text in chosen.said.keys() {
            // Those that PROJ does not know are said row by row.
            let known = axes::system_of_cell(text).and_then(|crs| spatial_ref::parse(&crs.label()).ok());
            said.extend(known.filter(|crs| !said.contains(crs)));
        }
        Ok(match (said.as_slice(), &chosen.named) {
            ([one], _) => (one.clone(), Certainty::Said),
            ([_, ..], _) => (Crs::Crs84, Certainty::Said),
            ([], Some(crs)) => (crs.clone(), Certainty::Said),
            ([], None) => {
                let by_name = axes::system_in(name).or_else(|| axes::system_in(&self.stem()));
                match by_name.filter(|_| !chosen.fits_degrees) {
                    Some(crs) => (crs, Certainty::FileName),
                    None => (Crs::Crs84, Certainty::Assumed),
                }
            }
        })
    }

    fn unfit(&self, layer: &str, error: Unfit) -> LoadError {
        match error {
            Unfit::Grid(error) => self.grid_error(layer, error),
            Unfit::NoColumn(name, there) => LoadError::Missing {
                path: self.path(),
                layer: layer.to_owned(),
                what: format!("column \"{name}\""),
                there: there.join(", "),
            },
        }
    }

    fn grid_error(&self, layer: &str, error: GridError) -> LoadError {
        let path = self.path();
        match error {
            GridError::Io(e) => LoadError::Unreadable {
                path,
                reason: e.to_string(),
            },
            GridError::Broken { place, reason } => LoadError::Broken { path, place, reason },
            GridError::NoTable(reason) => LoadError::NotGeodata { path, reason },
            GridError::TooLarge(reason) => LoadError::TooLarge {
                path,
                layer: layer.to_owned(),
                reason,
            },
        }
    }
}

/// How sure a layer's system is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Certainty {
    /// The settings say it, whatever the table says.
    Settings,
    /// The table says it.
    Said,
    /// The name of the file or sheet says it.
    FileName,
    /// Nothing says it: degrees, if they can be.
    Assumed,
}

fn assumed_by_name(crs: &Crs) -> Fault {
    let label = crs.label();
    Fault::new(
        FaultKind::CrsAssumed,
        format!("the table names no coordinate system, its name says {label}: taken"),
        format!("la table ne nomme aucun système de coordonnées, son nom indique {label} : retenu"),
    )
}

/// A spreadsheet of any format.
enum AnyBook {
    Excel(Book, Workbook),
    Ods(Ods),
}

impl AnyBook {
    fn open(path: &Path) -> Result<Self, GridError> {
        Ok(match workbook::kind_of(path)? {
            Book::Ods => Self::Ods(Ods::open(path)?),
            kind => Self::Excel(kind, Workbook::open(path, kind)?),
        })
    }

    fn format(&self) -> &'static str {
        match self {
            Self::Ods(_) => "ODS",
            Self::Excel(Book::Xlsb, _) => "XLSB",
            Self::Excel(..) => "XLSX",
        }
    }

    /// Its sheets, and whether they are shown.
    fn sheets(&self) -> Vec<(String, bool)> {
        match self {
            Self::Ods(ods) => ods.sheets.iter().map(|s| (s.name.clone(), s.shown)).collect(),
            Self::Excel(_, book) => book.sheets(),
        }
    }

    fn grid(&mut self, sheet: String) -> Grid<'_> {
        match self {
            Self::Ods(ods) => Grid::Ods(ods, sheet),
            Self::Excel(_, book) => Grid::Sheet(book, sheet),
        }
    }
}
