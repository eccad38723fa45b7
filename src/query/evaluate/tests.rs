//! Truth of whole filters over one row, and errors of filters that do not fit.

use super::*;
use crate::model::feature::FieldType;
use crate::model::geometry::{Geometry, GeometryKind};
use crate::model::world::world_point;
use crate::query::cql2::{self, Language};

struct Row {
    values: Vec<ValueRef<'static>>,
    geometry: Geometry,
}

impl Record for Row {
    fn value(&self, field: usize) -> ValueRef<'_> {
        self.values[field]
    }

    fn geometry(&self) -> GeometryRef<'_> {
        self.geometry.as_ref()
    }
}

fn fields() -> Vec<Field> {
    [
        ("a", FieldType::Int),
        ("b", FieldType::Float),
        ("nom", FieldType::Text),
        ("ville", FieldType::Text),
        ("bati", FieldType::Bool),
        ("debut", FieldType::Date),
        ("fin", FieldType::DateTime),
        ("liste", FieldType::Json),
        ("rien", FieldType::Int),
        ("nan", FieldType::Float),
    ]
    .map(|(name, kind)| Field {
        name: name.to_owned(),
        kind,
    })
    .to_vec()
}

fn row(place: bool) -> Row {
    let mut geometry = Geometry::none();
    if place {
        geometry = Geometry::start(GeometryKind::Polygon);
        let ring = [[2.0, 50.0], [3.0, 50.0], [3.0, 51.0], [2.0, 51.0], [2.0, 50.0]];
        ring.iter().for_each(|p| geometry.push_point(*p));
        geometry.end_ring();
        geometry.end_part();
        geometry.set_world(ring.iter().map(|p| world_point(p[0], p[1])).collect());
    }
    Row {
        values: vec![
            ValueRef::Int(5),
            ValueRef::Null,
            ValueRef::Text("Nœux-les-Mines"),
            ValueRef::Text("LIÉVIN"),
            ValueRef::Bool(true),
            ValueRef::Text("2022-04-16"),
            ValueRef::Text("2022-04-16T10:13:19Z"),
            ValueRef::Text("[\"a\",\"b\",3,\"2010-02-10\",[1,2]]"),
            ValueRef::Null,
            ValueRef::Float(f64::NAN),
        ],
        geometry,
    }
}

fn condition(filter: &str, language: Language) -> Result<Condition, FilterError> {
    let fields = fields();
    let subject = Subject {
        fields: &fields,
        geometry: "the_geom",
        crs: &Crs::Crs84,
    };
    let predicate = cql2::parse(filter, language)?;
    let filter = Filter {
        language,
        ..Filter::of(predicate)
    };
    Condition::new(&filter, &subject)
}

/// A filter and its negation: true, false or unknown.
#[track_caller]
fn check(filter: &str, expected: Option<bool>) {
    let of = |filter: &str| condition(filter, Language::Text).unwrap().holds(&row(true));
    let found = match (of(filter), of(&format!("NOT ({filter})"))) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        (false, false) => None,
        (true, true) => panic!("{filter} is true, and its negation too"),
    };
    assert_eq!(found, expected, "{filter}");
}

const YES: Option<bool> = Some(true);
const NO: Option<bool> = Some(false);

#[test]
fn comparisons_are_three_valued() {
    check("a = 5", YES);
    check("a <> 5", NO);
    check("5 = a AND 5.0 = a", YES);
    check("a > 4.5 AND a <= 5", YES);
    check("b = 1", None);
    check("b = 1 OR a = 5", YES);
    check("b = 1 AND a = 6", NO);
    check("b = 1 AND a = 5", None);
    check("b IS NULL", YES);
    check("a IS NOT NULL", YES);
    check("a + b IS NULL", YES);
    check("a IN (1, 5)", YES);
    check("a NOT IN (1, 5)", NO);
    check("a IN (1, b)", None);
    check("a IN (5, b)", YES);
    check("b IN (1)", None);
    check("a BETWEEN 5 AND 6", YES);
    check("a NOT BETWEEN 5 AND 6", NO);
    check("a BETWEEN 6 AND b", NO);
    check("a BETWEEN 4 AND b", None);
    check("nan = nan", None);
    check("nan > 0 OR nan <= 0", None);
    check("bati", YES);
    check("bati = true", YES);
    check("(a > 1) = bati", YES);
    check("nom = ville", NO);
    check("nom > ville", YES);
    check("TRUE", YES);
    check("NOT FALSE AND NOT NOT TRUE", YES);
    check("rien = rien", None);
}

#[test]
fn words_are_folded_on_demand() {
    check("nom LIKE 'N_ux%Mines'", YES);
    check("nom LIKE '%les'", NO);
    check("nom NOT LIKE '%les'", YES);
    check("CASEI(ville) = CASEI('liévin')", YES);
    check("CASEI(ville) = CASEI('lievin')", NO);
    check("ACCENTI(ville) = 'LIEVIN'", YES);
    check("ACCENTI(CASEI(ville)) LIKE ACCENTI(CASEI('Lié%'))", YES);
    check("CASEI(ville) IN (CASEI('x'), CASEI('LIÉVIN'))", YES);
    check("ville = 'LI''ÉVIN' OR ville = 'LI\\'ÉVIN'", NO);
}

#[test]
fn arithmetic_binds_as_usual() {
    check("a + 2 * 3 = 11", YES);
    check("(a + 2) * 3 = 21", YES);
    check("a - 2 - 1 = 2", YES);
    check("a / 2 = 2.5", YES);
    check("a div 2 = 2", YES);
    check("a % 3 = 2", YES);
    check("2 ^ 3 = 8 AND 2 * 2 ^ 2 = 8", YES);
    check("-a = -5 AND a-5=0", YES);
    check("2 ^ -1 = 0.5", YES);
    check("a / 0 = 1", None);
    check("a % 0 = 1 OR a div 0 = 1", None);
    check("(a - 5) / (a - 5) = 1", None);
    check("0 - 2 ^ 0.5 < 0", YES);
    check("(-2) ^ 0.5 = 1", None);
    check("9223372036854775807 + 1 > 9223372036854775807", YES);
}

#[test]
fn times_compare_as_times() {
    check("debut = DATE('2022-04-16')", YES);
    check("debut < DATE('2022-04-17')", YES);
    check("fin = TIMESTAMP('2022-04-16T10:13:19.000Z')", YES);
    check("fin >= TIMESTAMP('2022-04-16T12:13:19+02:00')", YES);
    // By the day, where one is a day.
    check("fin = DATE('2022-04-16')", YES);
    check("debut < fin", NO);
    // As GDAL writes them.
    check("debut >= '2022-01-01T00:00:00Z'", YES);
    check("fin = '2022-04-16T10:13:19Z'", YES);
    check("T_AFTER(debut, DATE('2022-04-15'))", YES);
    check("T_DURING(fin, INTERVAL('2022-04-16T10:00:00Z', '..'))", YES);
    check(
        "T_EQUALS(INTERVAL(debut, fin), INTERVAL('2022-04-16', '2022-04-16T10:13:19Z'))",
        YES,
    );
    check("T_MEETS(INTERVAL('..', debut), INTERVAL(debut, '..'))", YES);
    check("T_STARTS(INTERVAL('..', '2020-01-01'), INTERVAL('..', debut))", YES);
    check(
        "T_OVERLAPS(INTERVAL('2022-01-01', '2022-04-16'), INTERVAL('2022-04-01', '2022-05-01'))",
        YES,
    );
    check("T_DISJOINT(debut, INTERVAL('2020-01-01', '2021-01-01'))", YES);
    check("INTERVAL(debut, fin) IS NULL", NO);
}

#[test]
fn lists_compare_as_sets() {
    check("A_CONTAINS(liste, ('b', 'a'))", YES);
    check("A_CONTAINS(liste, ('c'))", NO);
    check("A_CONTAINEDBY(('a', 3), liste)", YES);
    check("A_EQUALS((1, 2), (2, 1, 1))", YES);
    check("A_OVERLAPS(liste, (4, 'a'))", YES);
    check("A_OVERLAPS(liste, (DATE('2010-02-10')))", YES);
    check("A_OVERLAPS(liste, ((1, 2), 9))", YES);
    check("A_OVERLAPS(liste, ())", NO);
    check("A_EQUALS((rien), (1))", None);
    check("liste IS NULL", NO);
}

#[test]
fn geometries_lie_to_each_other() {
    check("S_INTERSECTS(geometry, POINT(2.5 50.5))", YES);
    check("S_INTERSECTS(the_geom, POINT(3 51))", YES);
    check("S_INTERSECTS(geom, POINT(3.1 51))", NO);
    check("S_TOUCHES(geometry, POINT(3 51))", YES);
    check("S_CONTAINS(geometry, POINT(3 51))", NO);
    check("S_CONTAINS(geometry, BBOX(2.1, 50.1, 2.2, 50.2))", YES);
    check("S_WITHIN(BBOX(2.1, 50.1, 2.2, 50.2), geometry)", YES);
    check("S_WITHIN(geometry, BBOX(0, 40, 10, 60))", YES);
    check("S_EQUALS(geometry, BBOX(2, 50, 3, 51))", YES);
    check("S_OVERLAPS(geometry, BBOX(2.5, 50.5, 4, 52))", YES);
    check("S_CROSSES(LINESTRING(1 50.5, 4 50.5), geometry)", YES);
    check(
        "S_DISJOINT(geometry, GEOMETRYCOLLECTION(POINT(0 0), LINESTRING(0 0, 1 1)))",
        YES,
    );
    check("S_INTERSECTS(geometry, BBOX(170, -10, 2.5, 60))", YES);
    check("S_INTERSECTS(geometry, BBOX(170, -10, -170, 60))", NO);
    check("S_EQUALS(geometry, geometry)", YES);
    check("S_INTERSECTS(POINT(1 1), BBOX(0, 0, 2, 2))", YES);
    check("geometry IS NOT NULL", YES);
    // Two squares that lie over each other are one area.
    let two = "GEOMETRYCOLLECTION(POLYGON((1 49, 2.6 49, 2.6 52, 1 52, 1 49)), POLYGON((2.4 49, 4 49, 4 52, 2.4 52, 2.4 49)))";
    check(&format!("S_WITHIN(geometry, {two})"), YES);
    let nowhere = condition(
        "S_DISJOINT(geometry, POINT(1 1)) OR geometry IS NOT NULL",
        Language::Text,
    )
    .unwrap();
    assert!(!nowhere.holds(&row(false)));
}

#[test]
fn the_text_of_the_draft_is_read_as_gdal_means_it() {
    let holds = |filter: &str| condition(filter, Language::OldText).unwrap().holds(&row(true));
    assert!(holds("ville ILIKE 'liévin'"));
    assert!(holds("NOT (ville ILIKE '%x')"));
    assert!(holds("bati = 1"));
    assert!(condition("bati = 1", Language::Text).is_err());
    assert!(condition("ville ILIKE 'x'", Language::Text).is_err());
}

#[test]
fn what_does_not_fit_is_named_with_its_place() {
    let check = |filter: &str, expected: &str| {
        let said = condition(filter, Language::Text).unwrap_err().to_string();
        assert!(said.contains(expected), "{filter}: {said}");
    };
    check("a = 5 AND c = 1", "there is no property \"c\" (at character 11)");
    check("A = 5", "there is no property \"A\" (at character 1)");
    check("a = 'x'", "\"a\" is a number and 'x' is a text");
    check("nom > 5", "can't be compared (at character 5)");
    check("a", "\"a\" is a number, which is neither true nor false");
    check("a + 1", "gives a number");
    check("geometry = 1", "is a geometry; use S_INTERSECTS");
    check("liste = 'a'", "is a list; use");
    check("nom LIKE ville", "pattern of LIKE is a text");
    check("a LIKE 'x'", "LIKE takes a text");
    check("CASEI(a) = 'x'", "CASEI takes a text");
    check("nom + 1 = 2", "+ takes a number");
    check(
        "Foo(a) = 1",
        "there is no function \"Foo\" (at character 1); see /functions",
    );
    check("S_INTERSECTS(nom, POINT(1 1))", "not a geometry (at character 14)");
    check("S_INTERSECTS(geometry, POINT(1 91))", "latitudes within ±90");
    check("S_INTERSECTS(geometry, BBOX(0, 2, 1, 1))", "no valid geometry");
    check(
        "S_INTERSECTS(geometry, POLYGON((0 0, 2 2, 2 0, 0 2, 0 0)))",
        "its rings cross or touch",
    );
    check("T_AFTER(a, DATE('2022-01-01'))", "takes a time");
    check("debut = 'hier'", "\"hier\" is no day");
    check("A_CONTAINS(nom, ('a'))", "is a text, not a list");
    check(
        &format!("nom LIKE '{}'", "%a".repeat(501)),
        "longer than 1000 characters",
    );
}

#[test]
fn boxes_narrow_what_is_looked_at() {
    let covering = |filter: &str| condition(filter, Language::Text).unwrap().covering().map(<[_]>::len);
    assert_eq!(covering("S_INTERSECTS(geometry, POINT(2 50)) AND a = 5"), Some(1));
    assert_eq!(covering("a = 5 AND S_WITHIN(geometry, BBOX(170, 0, -170, 1))"), Some(2));
    assert_eq!(covering("S_INTERSECTS(geometry, POINT(2 50)) OR a = 5"), None);
    assert_eq!(covering("S_DISJOINT(geometry, POINT(2 50))"), None);
    assert_eq!(covering("NOT S_INTERSECTS(geometry, POINT(2 50))"), None);
}
