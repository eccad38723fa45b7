//! The second reading of a table: its rows become features.
//!
//! In: a grid, its survey, the system of its layer. Out: rows and faults in a sink. Each row that is left out,
//! each value that can't be read and each place that can't be found is said with the row's number.

use std::collections::HashMap;

use super::axes;
use super::cell::{Cell, GridRow};
use super::error::GridError;
use super::grid::Grid;
use super::header::Merged;
use super::place::{self, Placing};
use super::rows::{Sort, sort_of};
use super::survey::Survey;
use super::types;
use super::written;
use crate::load::pipe::{Sink, Stop};
use crate::load::report::{Fault, FaultKind};
use crate::model::crs::Crs;
use crate::model::feature::{FeatureId, FieldType, ValueRef};
use crate::model::geometry::GeometryKind;
use crate::model::row::{Row, RowNotes, Shape};
use crate::ogr::transform;

/// Characters of a user's text in a message.
const SHOWN: usize = 60;

/// Why the second reading ended early.
pub(in crate::load) enum Ended {
    Grid(GridError),
    Stop(Stop),
}

/// What rows are made by.
pub(in crate::load) struct Maker<'a> {
    pub(in crate::load) survey: &'a Survey,
    /// The layer's system.
    pub(in crate::load) crs: &'a Crs,
    /// Whether the settings overrule what rows say of theirs.
    pub(in crate::load) overruled: bool,
    word: [&'static str; 2],
    exact_width: bool,
    keyed: bool,
    empties: Option<(u64, u64)>,
    counts_empty: bool,
    before: u64,
    /// Rows seen, and rows made.
    at: u64,
    made: u64,
    merges: HashMap<usize, Vec<Merged>>,
    carried: GridRow,
}

impl<'a> Maker<'a> {
    pub(in crate::load) fn new(grid: &Grid<'_>, survey: &'a Survey, crs: &'a Crs, overruled: bool) -> Self {
        Self {
            survey,
            crs,
            overruled,
            word: grid.row_word(),
            exact_width: matches!(grid, Grid::Csv(_)),
            keyed: matches!(grid, Grid::Json(records) if records.is_keyed()),
            empties: None,
            counts_empty: grid.counts_empty_rows(),
            before: 0,
            at: 0,
            made: 0,
            merges: merges_of(survey),
            carried: GridRow::default(),
        }
    }

    /// Reads all rows into a sink; `progress` gets the rows so far and the bytes.
    pub(in crate::load) fn run(
        mut self,
        grid: &mut Grid<'_>,
        sink: &mut Sink,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), Ended> {
        let mut stopped = None;
        grid.visit(&mut |row, bytes| match self.take(row, sink) {
            Ok(()) => {
                progress(self.made, bytes);
                true
            }
            Err(stop) => {
                stopped = Some(stop);
                false
            }
        })
        .map_err(Ended::Grid)?;
        match stopped {
            Some(stop) => Err(Ended::Stop(stop)),
            None => Ok(()),
        }
    }

    fn take(&mut self, row: &GridRow, sink: &mut Sink) -> Result<(), Stop> {
        self.at += 1;
        let header = self.at <= self.survey.above && self.at + self.survey.header_rows > self.survey.above;
        let gap = self.counts_empty && row.number > self.before + 1;
        if gap {
            self.add_empty(self.before + 1, row.number - 1);
        }
        self.before = row.number;
        let sort = sort_of(row, self.made > 0);
        if sort == Sort::Empty {
            self.add_empty(row.number, row.number);
            return Ok(());
        }
        self.say_empties(sink);
        if header {
            return Ok(());
        }
        if self.at <= self.survey.above {
            self.skip(sink, row, ["stands above the header", "est au-dessus de l'en-tête"]);
            return Ok(());
        }
        match sort {
            Sort::Total => self.skip(sink, row, ["is a total", "est un total"]),
            Sort::Example => self.skip(sink, row, ["is an example", "est un exemple"]),
            Sort::Empty => {}
            Sort::Data => return self.make(row, sink),
        }
        Ok(())
    }

    fn add_empty(&mut self, from: u64, to: u64) {
        let first = self.empties.map_or(from, |(first, _)| first);
        self.empties = Some((first, to));
    }

    /// Says the empty rows that stand between others; those at the end are none.
    fn say_empties(&mut self, sink: &mut Sink) {
        let Some((from, to)) = self.empties.take() else { return };
        let [en, fr] = self.word;
        let words = if from == to {
            [
                format!("{en} {from} is empty: left out"),
                format!("{fr} {from} vide : écartée"),
            ]
        } else {
            [
                format!("{en}s {from} to {to} are empty: left out"),
                format!("{fr}s {from} à {to} vides : écartées"),
            ]
        };
        let [message, message_fr] = words;
        sink.fault(Fault::new(FaultKind::SkippedRow, message, message_fr));
    }

    fn skip(&self, sink: &mut Sink, row: &GridRow, why: [&str; 2]) {
        let label = row.filled().next().map(|(_, cell)| shown(cell)).unwrap_or_default();
        let ([en, fr], n) = (self.word, row.number);
        sink.fault(Fault::new(
            FaultKind::SkippedRow,
            format!("{en} {n} {} (\"{label}\"): left out", why[0]),
            format!("{fr} {n} {} (« {label} ») : écartée", why[1]),
        ));
    }

    /// A fault of the row that is made now.
    fn fault(&self, sink: &mut Sink, kind: FaultKind, row: &GridRow, words: [String; 2]) {
        let [message, message_fr] = self.located(row, words);
        sink.fault(Fault {
            row: Some(self.made),
            ..Fault::new(kind, message, message_fr)
        });
    }

    fn make(&mut self, source: &GridRow, sink: &mut Sink) -> Result<(), Stop> {
        let filled = self.with_merged(source, sink);
        let source = filled.as_ref().unwrap_or(source);
        if self.exact_width {
            self.check_width(source, sink);
        }
        let survey = self.survey;
        sink.row().clear();
        if let (true, Cell::Text(key)) = (self.keyed, source.cell(0)) {
            sink.row().id = Some(FeatureId::Text(key.to_owned()));
        }
        for (i, (column, name, kind)) in survey.fields.iter().enumerate() {
            let cell = source.cell(*column);
            let fits = types::set(sink.row(), i, *kind, cell);
            if let Cell::Error(error) = cell {
                let words = [
                    format!("column \"{name}\": the formula gives {error}: left empty"),
                    format!("colonne « {name} » : la formule donne {error} : laissée vide"),
                ];
                self.fault(sink, FaultKind::UnreadableValue, source, words);
            } else if !fits {
                let text = shown(cell);
                let words = [
                    format!("column \"{name}\": \"{text}\" can't be read as the rest of the column: left empty"),
                    format!(
                        "colonne « {name} » : « {text} » ne se lit pas comme le reste de la colonne : laissée vide"
                    ),
                ];
                self.fault(sink, FaultKind::UnreadableValue, source, words);
            }
        }
        let mut notes = RowNotes {
            reading: source.reading,
            ..RowNotes::default()
        };
        let mut shape = std::mem::take(&mut sink.row().shape);
        let placed = self.place(source, &mut shape, &mut notes);
        match placed {
            Ok(Placed::As(Some(crs))) => {
                if let Some(words) = self.turn(&crs, &mut shape, &mut notes) {
                    self.fault(sink, FaultKind::OtherCrs, source, words);
                }
            }
            Ok(Placed::Nowhere | Placed::As(None)) => {}
            Err(words) => {
                shape.start(GeometryKind::None);
                notes.no_place = Some(Box::new(words));
            }
        }
        if let Some(words) = notes.no_place.take() {
            let [en, fr] = self.located(source, *words);
            notes.no_place = Some(Box::new(if shape.kind() == GeometryKind::None {
                [
                    format!("{en}: kept without a place"),
                    format!("{fr} : conservée sans lieu"),
                ]
            } else {
                [
                    format!("{en}: placed by another column"),
                    format!("{fr} : placée par une autre colonne"),
                ]
            }));
        }
        sink.row().shape = shape;
        self.made += 1;
        sink.push(notes)
    }

    fn located(&self, row: &GridRow, words: [String; 2]) -> [String; 2] {
        let ([en, fr], n) = (self.word, row.number);
        let [message, message_fr] = words;
        [format!("{en} {n}, {message}"), format!("{fr} {n}, {message_fr}")]
    }

    fn check_width(&self, row: &GridRow, sink: &mut Sink) {
        let (wide, expected) = (row.width(), self.survey.header_width);
        if expected == 0 || wide == expected || (wide > expected && row.filled_width() <= expected) {
            return;
        }
        let words = if wide < expected {
            [
                format!("it has {wide} cells where the header has {expected}: the rest is empty"),
                format!("elle a {wide} cellules et l'en-tête {expected} : le reste est vide"),
            ]
        } else {
            let name = format!("column_{}", expected + 1);
            [
                format!("it has {wide} cells where the header has {expected}: from \"{name}\" on without a name"),
                format!("elle a {wide} cellules et l'en-tête {expected} : sans nom à partir de « {name} »"),
            ]
        };
        self.fault(sink, FaultKind::ReaderWarning, row, words);
    }

    /// The row with what merged cells above it hold; `None` where there is nothing to add.
    fn with_merged(&mut self, row: &GridRow, sink: &mut Sink) -> Option<GridRow> {
        if self.merges.is_empty() {
            return None;
        }
        let at = row.number - 1;
        let mut filled: Option<GridRow> = None;
        let mut first = vec![];
        for (column, merges) in &self.merges {
            let Some(merged) = merges.iter().find(|m| (m.rows.0..=m.rows.1).contains(&at)) else {
                continue;
            };
            if at == merged.rows.0 {
                first.push((*column, *merged));
            } else if row.cell(*column).is_empty() {
                filled
                    .get_or_insert_with(|| row.clone())
                    .put(*column, self.carried.cell(*column));
            }
        }
        for (column, merged) in first {
            // The buffer grows with each: begun anew it keeps what other columns carry.
            let mut carried = GridRow::default();
            (0..self.carried.width()).for_each(|i| carried.put(i, self.carried.cell(i)));
            carried.put(column, row.cell(column));
            self.carried = carried;
            let name = self.survey.names.get(column).map_or("", String::as_str);
            let last = merged.rows.1 + 1;
            let words = [
                format!("column \"{name}\": merged down to row {last}: what it holds stands in each row"),
                format!("colonne « {name} » : fusionnée jusqu'à la ligne {last} : son contenu vaut pour chaque ligne"),
            ];
            self.fault(sink, FaultKind::ReaderWarning, row, words);
        }
        filled
    }

    /// Fills the shape; gives the system that the row says, where that counts.
    fn place(&self, row: &GridRow, shape: &mut Shape, notes: &mut RowNotes) -> Result<Placed, [String; 2]> {
        shape.start(GeometryKind::None);
        let point = match &self.survey.chosen.placing {
            Placing::Nowhere => return Ok(Placed::Nowhere),
            Placing::Geometry(columns) => return self.place_written(columns, row, shape, notes),
            Placing::Axes { x, y } => match (row.cell(*x), row.cell(*y)) {
                (Cell::Empty | Cell::Error(_), Cell::Empty | Cell::Error(_)) => return Ok(Placed::Nowhere),
                (cx, cy) => match (place::coordinate(cx), place::coordinate(cy)) {
                    (Some(x), Some(y)) => [x, y],
                    (found, _) => {
                        let (column, cell) = if found.is_some() { (*y, cy) } else { (*x, cx) };
                        return Err(self.no_number(column, cell));
                    }
                },
            },
            Placing::Pair(column) => match row.cell(*column) {
                Cell::Empty => return Ok(Placed::Nowhere),
                cell => place::pair(cell).ok_or_else(|| self.no_number(*column, cell))?,
            },
        };
        shape.start(GeometryKind::Point);
        shape.push_point(point);
        shape.end_ring();
        shape.end_part();
        self.system_of(row).map(Placed::As)
    }

    fn no_number(&self, column: usize, cell: Cell<'_>) -> [String; 2] {
        let (name, text) = (&self.survey.names[column], shown(cell));
        [
            format!("column \"{name}\": \"{text}\" is no coordinate"),
            format!("colonne « {name} » : « {text} » n'est pas une coordonnée"),
        ]
    }

    fn place_written(
        &self,
        columns: &[usize],
        row: &GridRow,
        shape: &mut Shape,
        notes: &mut RowNotes,
    ) -> Result<Placed, [String; 2]> {
        let mut failed = None;
        for column in columns {
            let cell = row.cell(*column);
            if cell.is_empty() {
                continue;
            }
            match written::read(cell, shape) {
                Ok(_) if shape.kind() == GeometryKind::None => {}
                Ok((changed, said)) => {
                    notes.shape = changed;
                    notes.no_place = failed.map(Box::new);
                    return Ok(Placed::As(match said {
                        Some(crs) => self.counted(crs),
                        None => self.system_of(row)?,
                    }));
                }
                Err(reason) => {
                    let (name, text) = (&self.survey.names[*column], shown(cell));
                    failed.get_or_insert([
                        format!("column \"{name}\": \"{text}\": {reason}"),
                        format!("colonne « {name} » : géométrie illisible : « {text} »"),
                    ]);
                }
            }
        }
        failed.map_or(Ok(Placed::Nowhere), Err)
    }

    /// The system of a row, where it is another than the layer's.
    fn counted(&self, crs: Crs) -> Option<Crs> {
        (!self.overruled && crs != *self.crs).then_some(crs)
    }

    fn system_of(&self, row: &GridRow) -> Result<Option<Crs>, [String; 2]> {
        let Some(column) = self.survey.chosen.system.filter(|_| !self.overruled) else {
            return Ok(None);
        };
        let name = &self.survey.names[column];
        match place::system_text(row.cell(column)) {
            Some(text) => match axes::system_of_cell(&text) {
                Some(crs) => Ok(self.counted(crs)),
                None => Err([
                    format!("column \"{name}\": \"{text}\" is no system of coordinates that is known"),
                    format!("colonne « {name} » : « {text} » n'est pas un système de coordonnées connu"),
                ]),
            },
            // Of one system all rows are; of several this may be any.
            None if self.survey.chosen.said.len() == 1 => Ok(None),
            None => Err([
                format!("column \"{name}\" does not say the system of its coordinates"),
                format!("la colonne « {name} » ne dit pas le système de ses coordonnées"),
            ]),
        }
    }

    /// Turns a shape into the layer's system; gives the words for it.
    fn turn(&self, crs: &Crs, shape: &mut Shape, notes: &mut RowNotes) -> Option<[String; 2]> {
        let label = crs.label();
        if transform::turn(crs, self.crs, shape.coords_mut()).is_err() {
            shape.start(GeometryKind::None);
            notes.no_place = Some(Box::new([
                format!("its coordinates have no place in {label}, which it says"),
                format!("ses coordonnées n'existent pas en {label}, qu'elle indique"),
            ]));
            return None;
        }
        let own = self.crs.label();
        Some([
            format!("coordinates in {label}: turned into {own}"),
            format!("coordonnées en {label} : converties en {own}"),
        ])
    }
}

/// What was found of a row's place.
enum Placed {
    Nowhere,
    /// In the shape; in another system than the layer's, where one is given.
    As(Option<Crs>),
}

/// The merged cells that reach over several rows, of columns in which repeating what they hold adds nothing up.
fn merges_of(survey: &Survey) -> HashMap<usize, Vec<Merged>> {
    let mut merges: HashMap<usize, Vec<Merged>> = HashMap::new();
    for (column, _, kind) in &survey.fields {
        if matches!(kind, FieldType::Int | FieldType::Float) {
            continue;
        }
        let down = |m: &&Merged| m.columns.0 == *column && m.rows.1 > m.rows.0;
        let found: Vec<Merged> = survey.merged.iter().filter(down).copied().collect();
        if !found.is_empty() {
            merges.insert(*column, found);
        }
    }
    merges
}

/// The beginning of a cell, for a message.
fn shown(cell: Cell<'_>) -> String {
    let mut row = Row::default();
    types::set(&mut row, 0, FieldType::Text, cell);
    let text = match row.values().next() {
        Some((_, ValueRef::Text(text))) => text.trim().to_owned(),
        _ => String::new(),
    };
    if text.chars().count() <= SHOWN {
        return text;
    }
    text.chars().take(SHOWN).chain(['…']).collect()
}
