//! Key columns: INSEE codes, département codes, SIREN and parcel ids become text in their normal form.
//!
//! In: a layer whose rows are all there. Out: the same, keys mended where it is certain what they were: by their own
//! form, or by another column of the row. Every mended value and every impossible one is a fault; an impossible one
//! is kept as it is. A column most of whose values are no keys was named like one, and stays untouched.
//! Cells of several parcels stay as written: joins read them.

use super::base::Builder;
use super::report::{Fault, FaultKind, Faults};
use crate::model::feature::{FieldType, ValueRef};
use crate::model::keys::{self, Idu, KeyKind, ParcelHints};
use crate::model::schema::{self, Recognised};
use crate::model::text::fold;

/// Names of fields with postal codes, folded; their first digits are the département's.
const POSTAL_CODES: [&str; 6] = ["code postal", "codepostal", "code post", "cp", "postal code", "codpost"];

/// Settles all key columns of a layer.
pub(super) fn settle(builder: &mut Builder, layer: &str, faults: &mut Faults) {
    let fields = builder.fields();
    let names: Vec<&str> = fields.iter().map(|f| f.name.as_str()).collect();
    let known = schema::recognise(layer, &names);
    let columns = Columns::find(&names, &known);
    // Communes prove nothing to themselves, and parcels lean on mended communes.
    for kind in [KeyKind::Department, KeyKind::Commune, KeyKind::Siren, KeyKind::Parcel] {
        for (name, _) in known.keys.iter().filter(|(_, k)| *k == kind) {
            if let Some(field) = names.iter().position(|n| n == name)
                && !matches!(
                    fields[field].kind,
                    FieldType::Json | FieldType::Date | FieldType::DateTime | FieldType::Bool
                )
            {
                settle_column(builder, field, kind, &columns, faults);
            }
        }
    }
}

/// The columns that say something of the keys beside them.
#[derive(Debug, Default)]
struct Columns {
    department: Option<usize>,
    postal_code: Option<usize>,
    commune: Option<usize>,
    prefix: Option<usize>,
    section: Option<usize>,
    parcel: Option<usize>,
}

impl Columns {
    fn find(names: &[&str], known: &Recognised) -> Self {
        let named = |name: &str| names.iter().position(|n| *n == name);
        let of = |domain: &str, kind: Option<KeyKind>| {
            let key = known.keys.iter().find(|(_, k)| Some(*k) == kind);
            key.map(|(n, _)| n.as_str())
                .or_else(|| known.field(domain))
                .and_then(named)
        };
        Self {
            department: of("department", Some(KeyKind::Department)),
            postal_code: names.iter().position(|n| POSTAL_CODES.contains(&fold(n).as_str())),
            commune: of("commune", Some(KeyKind::Commune)),
            prefix: of("prefix", None),
            section: of("section", None),
            parcel: of("parcels", Some(KeyKind::Parcel)),
        }
    }
}

/// What a value is.
enum Judged {
    /// Nothing, or no key by its owner's will.
    Passed,
    /// A key in its normal form.
    Fine,
    /// The key that it stands for.
    Mended(String),
    /// No key.
    Bad,
}

fn settle_column(builder: &mut Builder, field: usize, kind: KeyKind, columns: &Columns, faults: &mut Faults) {
    let was = builder.fields()[field].kind;
    let (mut fine, mut mended, mut bad) = (0usize, vec![], vec![]);
    for row in 0..builder.rows() {
        match judge(builder, row, field, kind, columns) {
            Judged::Passed => {}
            Judged::Fine => fine += 1,
            Judged::Mended(key) => mended.push((row, key)),
            Judged::Bad => bad.push(row),
        }
    }
    if fine + mended.len() == 0 || bad.len() > fine + mended.len() {
        return;
    }
    let name = builder.fields()[field].name.clone();
    if was != FieldType::Text {
        faults.add(FaultKind::MendedKey, || {
            Fault::new(
                FaultKind::MendedKey,
                format!("the numbers of \"{name}\" are codes: they became text"),
                format!("les nombres de « {name} » sont des codes : ils deviennent du texte"),
            )
        });
    }
    for (row, key) in &mended {
        let old = written(builder.value(*row, field)).unwrap_or_default();
        faults.add(FaultKind::MendedKey, || Fault {
            row: Some(*row as u64),
            ..Fault::new(
                FaultKind::MendedKey,
                format!("{name}: \"{old}\" → \"{key}\""),
                format!("{name} : « {old} » → « {key} »"),
            )
        });
    }
    for row in bad {
        let value = written(builder.value(row, field)).unwrap_or_default();
        let (en, fr) = wanted(kind, &value);
        faults.add(FaultKind::BadKey, || Fault {
            row: Some(row as u64),
            ..Fault::new(
                FaultKind::BadKey,
                format!("{name}: \"{value}\" is no {en}: kept as it is"),
                format!("{name} : « {value} » n'est pas {fr} : gardé tel quel"),
            )
        });
    }
    if was != FieldType::Text || !mended.is_empty() {
        let mut mended = mended.into_iter().peekable();
        builder.rewrite(field, FieldType::Text, |row, value| {
            let new = mended.next_if(|(r, _)| *r == row).map(|(_, key)| key);
            new.or_else(|| written(value))
        });
    }
}

/// What is wanted, and how such a key could be proven.
fn wanted(kind: KeyKind, value: &str) -> (&'static str, &'static str) {
    match kind {
        KeyKind::Commune if value.len() == 4 => (
            "INSEE code (5 characters; if it lost its zero, a column with the département would prove it)",
            "un code INSEE (5 caractères ; s'il a perdu son zéro, une colonne du département le prouverait)",
        ),
        KeyKind::Commune => ("INSEE code (5 characters)", "un code INSEE (5 caractères)"),
        KeyKind::Department => ("code of a département", "un code de département"),
        KeyKind::Siren => (
            "SIREN (9 digits, the check digit must hold)",
            "un SIREN (9 chiffres, clé de contrôle juste)",
        ),
        KeyKind::Parcel => (
            "parcel id (14 characters, or section and number beside the commune's code)",
            "une référence de parcelle (14 caractères, ou section et numéro à côté du code de la commune)",
        ),
    }
}

fn judge(builder: &Builder, row: usize, field: usize, kind: KeyKind, columns: &Columns) -> Judged {
    let value = builder.value(row, field);
    if let (KeyKind::Parcel, ValueRef::Text(text)) = (kind, value)
        && Idu::exact(text).is_some()
    {
        return Judged::Fine;
    }
    let Some(text) = written(value).filter(|t| !t.trim().is_empty()) else {
        return Judged::Passed;
    };
    let text = text.as_str();
    let beside = |column: Option<usize>| {
        let value = column.filter(|c| *c != field).map(|c| builder.value(row, c));
        value.and_then(written).filter(|t| !t.trim().is_empty())
    };
    let found = match kind {
        KeyKind::Department => keys::department(text).map(|m| m.value),
        KeyKind::Commune => keys::insee(text, None).map(|m| m.value).or_else(|| {
            let proofs = [
                beside(columns.department)
                    .and_then(|d| keys::department(&d))
                    .map(|m| m.value),
                beside(columns.postal_code).and_then(|p| of_postal_code(&p)),
                beside(columns.parcel)
                    .and_then(|p| Idu::exact(p.trim()))
                    .map(|id| keys::department_of(id.commune()).to_owned()),
            ];
            let mut codes = proofs
                .iter()
                .flatten()
                .map(|d| keys::insee(text, Some(d)).map(|m| m.value));
            let first = codes.next()??;
            // Columns that contradict each other prove nothing.
            codes.all(|c| c.as_ref() == Some(&first)).then_some(first)
        }),
        KeyKind::Siren => {
            if text.trim_start().starts_with(['U', 'u']) {
                return Judged::Passed;
            }
            body_number(text)
        }
        KeyKind::Parcel => {
            let commune = beside(columns.commune).and_then(|c| {
                let department = beside(columns.department);
                keys::insee(&c, department.as_deref()).map(|m| m.value)
            });
            let (prefix, section) = (beside(columns.prefix), beside(columns.section));
            let hints = ParcelHints {
                commune: commune.as_deref(),
                prefix: prefix.as_deref(),
                section: section.as_deref(),
            };
            let read = keys::parse_parcels(text, &hints);
            match (read.ids.as_slice(), read.rest.is_empty()) {
                ([one], true) => Some(one.to_string()),
                ([_, ..], true) => return Judged::Fine,
                _ => None,
            }
        }
    };
    match found {
        Some(key) if key == text && matches!(value, ValueRef::Text(_)) => Judged::Fine,
        // A number whose digits are all there only becomes text.
        Some(key) if key == text => Judged::Fine,
        Some(key) => Judged::Mended(key),
        None => Judged::Bad,
    }
}

/// The digits of a SIREN, or of a SIRET, which is kept whole.
fn body_number(text: &str) -> Option<String> {
    let siren = keys::siren(text)?.value;
    let digits: String = keys::whole_number(text)
        .unwrap_or_else(|| text.to_owned())
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    Some(if digits.len() > 9 {
        format!("{digits:0>14}")
    } else {
        siren
    })
}

/// The département of a postal code. Corsica's `20…` does not tell its two apart.
fn of_postal_code(text: &str) -> Option<String> {
    let digits = keys::whole_number(text)?;
    let code = match digits.len() {
        4 => format!("0{digits}"),
        5 => digits,
        _ => return None,
    };
    let department = keys::department_of(&code);
    keys::department(department).map(|m| m.value)
}

/// A value as people write it: whole numbers without a point.
fn written(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Float(x) if x.fract() == 0.0 && x.abs() < 1e15 => Some(format!("{x:.0}")),
        value => value.to_text().map(std::borrow::Cow::into_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::base::Cell;
    use crate::model::crs::Crs;
    use crate::model::geometry::Geometry;

    type Row<'a> = Vec<Cell<'a>>;

    fn settled(layer: &str, fields: &[&str], rows: &[Row<'_>]) -> (Builder, Faults) {
        let mut builder = Builder::new(Crs::Crs84);
        for field in fields {
            builder.field(field);
        }
        for row in rows {
            builder.push(None, row, &Geometry::none().as_ref()).unwrap();
        }
        let mut faults = Faults::default();
        settle(&mut builder, layer, &mut faults);
        (builder, faults)
    }

    fn texts(builder: &Builder, field: usize) -> Vec<Option<String>> {
        (0..builder.rows())
            .map(|r| builder.value(r, field).to_text().map(|t| t.into_owned()))
            .collect()
    }

    #[test]
    fn lost_zeros_come_back_where_another_column_proves_them() {
        let row = |code, department| vec![Cell::Text(code), Cell::Text(department)];
        let rows = [
            row("8190", "8"),
            row("69096", "69"),
            row("8402", "8"),
            row("1004", "62"),
            row("62737", "62"),
        ];
        let (builder, faults) = settled("sites", &["Code_INSEE", "Departement"], &rows);
        assert_eq!(
            texts(&builder, 0),
            ["08190", "69096", "08402", "1004", "62737"].map(|t| Some(t.to_owned()))
        );
        assert_eq!(
            texts(&builder, 1),
            ["08", "69", "08", "62", "62"].map(|t| Some(t.to_owned()))
        );
        assert_eq!(
            (faults.count(FaultKind::MendedKey), faults.count(FaultKind::BadKey)),
            (4, 1)
        );
        assert!(
            faults
                .located
                .iter()
                .any(|f| f.row == Some(0) && f.message.contains("\"8190\" → \"08190\""))
        );
        assert!(
            faults
                .located
                .iter()
                .any(|f| f.row == Some(3) && f.kind == FaultKind::BadKey)
        );
    }

    #[test]
    fn numbers_become_text_and_nothing_is_mended_without_proof() {
        let rows = [
            vec![Cell::Int(62737)],
            vec![Cell::Int(1004)],
            vec![Cell::Null],
            vec![Cell::Int(59350)],
        ];
        let (builder, faults) = settled("table", &["code_insee"], &rows);
        assert_eq!(builder.fields()[0].kind, FieldType::Text);
        assert_eq!(
            texts(&builder, 0),
            [Some("62737"), Some("1004"), None, Some("59350")].map(|t| t.map(str::to_owned))
        );
        assert_eq!(
            (faults.count(FaultKind::MendedKey), faults.count(FaultKind::BadKey)),
            (1, 1)
        );
        let postal = [
            vec![Cell::Float(1004.0), Cell::Int(1500)],
            vec![Cell::Float(62737.0), Cell::Int(62114)],
        ];
        let (builder, _) = settled("table", &["code_insee", "code_postal"], &postal);
        assert_eq!(texts(&builder, 0), [Some("01004".to_owned()), Some("62737".to_owned())]);
    }

    #[test]
    fn a_column_of_other_things_stays_as_it_is() {
        let rows = [
            vec![Cell::Text("Lens")],
            vec![Cell::Text("Grenay")],
            vec![Cell::Text("62737")],
        ];
        let (builder, faults) = settled("table", &["code_insee"], &rows);
        assert_eq!(texts(&builder, 0)[0].as_deref(), Some("Lens"));
        assert!(faults.counts.is_empty());
        let ages = [vec![Cell::Int(1)], vec![Cell::Int(2)], vec![Cell::Int(900)]];
        let (builder, faults) = settled("table", &["code_insee"], &ages);
        assert_eq!((builder.fields()[0].kind, faults.counts.len()), (FieldType::Int, 0));
    }

    #[test]
    fn parcels_and_bodies() {
        let row = |parcel, commune, siren| vec![Cell::Text(parcel), Cell::Text(commune), Cell::Text(siren)];
        let rows = [
            row("AB 12", "62737", "246200364"),
            row("62737000AB0013", "62737", "246 200 364"),
            row("AB 14 et 15", "62737", "U12345678"),
            row("6.27E+13", "62737", "246200363"),
        ];
        let (builder, faults) = settled("réserves", &["Réf. cadastrale", "Code INSEE", "SIREN"], &rows);
        let parcels = ["62737000AB0012", "62737000AB0013", "AB 14 et 15", "6.27E+13"];
        assert_eq!(texts(&builder, 0), parcels.map(|t| Some(t.to_owned())));
        assert_eq!(
            texts(&builder, 2),
            ["246200364", "246200364", "U12345678", "246200363"].map(|t| Some(t.to_owned()))
        );
        assert_eq!(
            (faults.count(FaultKind::MendedKey), faults.count(FaultKind::BadKey)),
            (2, 2)
        );
    }

    #[test]
    fn a_siret_is_kept_whole() {
        assert_eq!(body_number("246 200 364 00007").as_deref(), Some("24620036400007"));
        assert_eq!(body_number("5520135").as_deref(), Some("005520135"));
        assert_eq!(body_number("246200363"), None);
    }
}
