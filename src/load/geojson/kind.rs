//! Telling GeoJSON from other JSON by its beginning.
//!
//! In: the first bytes of a text. Out: what it may be. Nothing is read whole: what looks like GeoJSON may
//! still be refused by its reader.

use super::cursor::{Cursor, Stop};

/// Members that only GeoJSON's objects have at their top.
const MEMBERS: [&[u8]; 4] = [b"\"features\"", b"\"geometry\"", b"\"coordinates\"", b"\"geometries\""];

/// Values of `type` that GeoJSON's objects have; TopoJSON's is refused by the same reader, in its words.
const TYPES: [&[u8]; 10] = [
    b"\"FeatureCollection\"",
    b"\"Feature\"",
    b"\"Point\"",
    b"\"LineString\"",
    b"\"Polygon\"",
    b"\"MultiPoint\"",
    b"\"MultiLineString\"",
    b"\"MultiPolygon\"",
    b"\"GeometryCollection\"",
    b"\"Topology\"",
];

/// What a JSON text may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonKind {
    /// GeoJSON, one text or one after the other.
    GeoJson,
    /// Rows: an array of objects, objects one after the other, an object of objects.
    Table,
    /// A Table Schema (Frictionless), which describes a table.
    Schema,
    /// A script that holds JSON: `var x = {…}`, `callback({…})`.
    Script,
    /// Anything else.
    Other,
}

/// What the beginning of a text may be that of.
#[must_use]
pub fn kind_of_json(beginning: &[u8]) -> JsonKind {
    let text = beginning.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(beginning);
    let start = text.iter().position(|b| !b.is_ascii_whitespace() && *b != 0x1E);
    let text = &text[start.unwrap_or(text.len())..];
    match text.first() {
        Some(b'{') => of_object(text),
        Some(b'[') => {
            let mut inside = text[1..].iter().filter(|b| !b.is_ascii_whitespace());
            match inside.next() {
                Some(b'{') => JsonKind::Table,
                _ => JsonKind::Other,
            }
        }
        _ if is_script(text) => JsonKind::Script,
        _ => JsonKind::Other,
    }
}

/// Whether JSON begins after an assignment or as the argument of a call.
fn is_script(text: &[u8]) -> bool {
    let Some(brace) = text.iter().take(1024).position(|b| matches!(b, b'{' | b'[')) else {
        return false;
    };
    let before = text[..brace].trim_ascii_end();
    let named = before
        .first()
        .is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'$' | b'/'));
    named && matches!(before.last(), Some(b'=' | b'('))
}

/// What the members of the object say, as far as the text goes.
#[derive(Default)]
struct Seen {
    geojson: bool,
    fields: bool,
    /// Members that are objects, `meta` apart.
    objects: usize,
    /// Those of them whose first member is an object or the beginning of one.
    nested: usize,
    others: usize,
    /// Another value follows the object.
    sequence: bool,
}

fn of_object(text: &[u8]) -> JsonKind {
    let mut seen = Seen::default();
    let mut c = Cursor::new(text, false);
    // Where the text ends or is broken, what was seen counts.
    let _ = look(&mut c, &mut seen);
    match seen {
        Seen { geojson: true, .. } => JsonKind::GeoJson,
        Seen { fields: true, .. } => JsonKind::Schema,
        Seen { sequence: true, .. } => JsonKind::Table,
        Seen {
            others: 0,
            objects,
            nested,
            ..
        } if nested > 0 || objects > 1 => JsonKind::Table,
        _ => JsonKind::Other,
    }
}

fn look(c: &mut Cursor<'_>, seen: &mut Seen) -> Result<(), Stop> {
    c.expect(b'{', "an object")?;
    if c.take_if(b'}')? {
        return Ok(());
    }
    loop {
        let (key, _) = c.key()?;
        let first = c.peek()?;
        seen.geojson |= MEMBERS.contains(&key) && matches!(first, b'[' | b'{' | b'n');
        if key == b"\"type\"" && first == b'"' {
            seen.geojson |= TYPES.contains(&c.skip()?);
            seen.others += 1;
        } else if first == b'{' {
            let start = c.position();
            if key != b"\"meta\"" {
                seen.objects += 1;
                c.expect(b'{', "an object")?;
                if !c.take_if(b'}')? {
                    c.key()?;
                    seen.nested += usize::from(c.peek()? == b'{');
                }
                c.seek(start);
            }
            c.skip()?;
        } else {
            if key == b"\"fields\"" && first == b'[' {
                let start = c.position();
                c.expect(b'[', "an array")?;
                seen.fields = c.peek()? == b'{' && {
                    c.expect(b'{', "an object")?;
                    matches!(
                        c.key()?.0,
                        b"\"name\"" | b"\"title\"" | b"\"type\"" | b"\"description\""
                    )
                };
                c.seek(start);
            }
            seen.others += 1;
            c.skip()?;
        }
        if !c.another(b'}')? {
            seen.sequence = c.peek()? == b'{';
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_beginning_is_told() {
        let check = |text: &str, expected| assert_eq!(kind_of_json(text.as_bytes()), expected, "{text}");
        check(r#"{"type":"FeatureCollection","crs":{},"feat"#, JsonKind::GeoJson);
        check("\u{feff} {\"name\":\"x\",\"features\":[", JsonKind::GeoJson);
        check(r#"{"coordinates":[1,2],"type":"Point"}"#, JsonKind::GeoJson);
        check("\u{1e}{\"type\":\"Feature\",\"geometry\":null}", JsonKind::GeoJson);
        check(r#"{"type":"Topology","objects":{}}"#, JsonKind::GeoJson);
        check(
            r#"{"meta":{"note":"x"},"communes":{"01053":{"label":"B"#,
            JsonKind::Table,
        );
        check(
            r#"{"communes":{"01001":{"label":"L'Abergement","rate_pct":7.0},"#,
            JsonKind::Table,
        );
        check(
            r#"{"62737":{"nom":"Sallaumines"},"62001":{"nom":"x"}}"#,
            JsonKind::Table,
        );
        check(r#"[ {"a":1}, {"a":2}]"#, JsonKind::Table);
        check("{\"a\":1}\n{\"a\":2}\n", JsonKind::Table);
        check(
            r#"{"$schema":"x","name":"y","fields":[{"name":"a","type":"string"}]}"#,
            JsonKind::Schema,
        );
        check(r#"{"fields":[]}"#, JsonKind::Other);
        check(r#"{"no":"geodata"}"#, JsonKind::Other);
        check(
            r#"{"version":8,"sources":{"a":{"type":"vector"}},"layers":[]}"#,
            JsonKind::Other,
        );
        check("var x = {\"type\":\"FeatureCollection\"}", JsonKind::Script);
        check("window.data=[1]", JsonKind::Script);
        check("callback({\"type\":\"Feature\"})", JsonKind::Script);
        check("This is not geodata.", JsonKind::Other);
        check("", JsonKind::Other);
    }
}
