//! What is read, what is refused, and where; hostile filters.

use super::*;

#[track_caller]
fn refused(filter: &str, expected: &str) {
    let said = parse_text(filter).unwrap_err().to_string();
    assert!(said.contains(expected), "{filter:.80}: {said}");
}

#[track_caller]
fn refused_json(filter: &str, expected: &str) {
    let said = parse(filter, Language::Json).unwrap_err().to_string();
    assert!(said.contains(expected), "{filter:.80}: {said}");
}

#[track_caller]
fn same(text: &str, json: &str) {
    assert_eq!(parse_text(text), parse(json, Language::Json), "{text}");
}

#[test]
fn text_and_json_are_one_tree() {
    same("a = 5", r#"{"op": "=", "args": [{"property": "a"}, 5.0]}"#);
    same(
        "\"a b\" <> 'it''s'",
        r#"{"op": "<>", "args": [{"property": "a b"}, "it's"]}"#,
    );
    same(
        "a=1 AND (b=2 AND c=3)",
        r#"{"op": "and", "args": [{"op": "=", "args": [{"property": "a"}, 1]},
           {"op": "and", "args": [{"op": "=", "args": [{"property": "b"}, 2]}, {"op": "=", "args": [{"property": "c"}, 3]}]}]}"#,
    );
    same(
        "a NOT IN (1)",
        r#"{"op": "not", "args": [{"op": "in", "args": [{"property": "a"}, [1]]}]}"#,
    );
    same(
        "a_contains(l, (1)) and A_EQUALS(l, ((1)))",
        r#"{"op": "and", "args": [{"op": "a_contains", "args": [{"property": "l"}, [1]]}, {"op": "a_equals", "args": [{"property": "l"}, [1]]}]}"#,
    );
    same(
        "S_INTERSECTS(g, MULTIPOINT(1 2, 3 4))",
        r#"{"op": "s_intersects", "args": [{"property": "g"}, {"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]}]}"#,
    );
    same(
        "t_during(interval('..', d), date('2022-01-01'))",
        r#"{"op": "t_during", "args": [{"interval": ["..", {"property": "d"}]}, {"date": "2022-01-01"}]}"#,
    );
    same(
        "-2^2 = 1e1",
        r#"{"op": "=", "args": [{"op": "^", "args": [-2, 2]}, 10]}"#,
    );
}

#[test]
fn errors_say_where() {
    refused("a =", "not the end of the filter (at character 4)");
    refused(
        "a = 5 b",
        "AND, OR or the end of the filter is expected, not \"b\" (at character 7)",
    );
    refused(
        "é = 'x",
        "a closing ' is expected, not the end of the filter (at character 5)",
    );
    refused("a != 5", "<> (not equal) is expected");
    refused("a NOT 5", "LIKE, BETWEEN or IN is expected");
    refused("a IN ()", "at least one value");
    refused("a BETWEEN 1 OR 2", "AND is expected, not \"OR\" (at character 13)");
    refused("DATE('2022-13-01') = d", "\"2022-13-01\" is no day");
    refused("TIMESTAMP('2022-01-01') = d", "is no instant");
    refused("CASEI(a, b) = 'x'", "casei takes 1 operands, not 2");
    refused("POINT(1) = 2", "a number is expected, not \")\"");
    refused("S_WITHIN(g, POLYGON((0 0, 1 1, 1 0)))", "at least four points");
    refused("S_WITHIN(g, POLYGON((0 0, 1 1, 1 0, 5 5)))", "ends where it begins");
    refused("S_WITHIN(g, POINT EMPTY)", "it is empty");
    refused("S_WITHIN(g, BBOX(1, 2, 3))", "a box has four numbers");
    refused("a = 1e999", "a number of 64 bits");
    refused("a = \0", "is expected");
    refused("", "not the end of the filter (at character 1)");
    refused_json("{", "no JSON");
    refused_json(
        r#"{"op": "=", "args": [{"property": "a"}]}"#,
        "takes 2 operands, not 1 (at the top",
    );
    refused_json(
        r#"{"op": "and", "args": [true, {"op": "x", "arg": []}]}"#,
        "(at /args/1)",
    );
    refused_json(r#"{"op": "not", "args": [null]}"#, "isNull asks for none");
    refused_json(r#"{"property": 5}"#, "(at /property)");
    refused_json(
        r#"{"op": "=", "args": [{"date": "x"}, 1]}"#,
        "\"x\" is no day as 2026-11-21 (at /args/0/date)",
    );
    refused_json(r#"{"type": "Point", "coordinates": [1]}"#, "no lists of numbers");
    refused_json(r#"{"type": "Curve", "coordinates": [1, 2]}"#, "its type is not known");
}

#[test]
fn hostile_filters_are_refused() {
    let nested =
        |open: &str, inner: &str, close: &str, n: usize| format!("{}{inner}{}", open.repeat(n), close.repeat(n));
    assert!(parse_text(&nested("(", "a = 1", ")", MAX_DEPTH)).is_ok());
    for deep in [
        nested("(", "a = 1", ")", MAX_DEPTH + 1),
        nested("(", "a = 1", ")", 10_000),
        nested("NOT ", "a = 1", "", 10_000),
        nested("f(", "1", ")", 10_000),
        nested("-(", "1", ")", 10_000),
        nested("INTERVAL(", "1", ",'..')", 10_000),
        nested("a_equals((", "1", "),(1))", 10_000),
        format!("a = 1{}", " + 1".repeat(10_000)),
    ] {
        refused(&deep, "nested deeper than 64 levels");
    }
    refused(&nested("(", "a", "", 60), "\",\" or \")\"");
    refused(&format!("POLYGON{}", "(".repeat(10_000)), "is expected");
    refused(&format!("a = 1{}", " OR a = 1".repeat(9_999)), "more than 1000 terms");
    refused(&format!("a IN (1{})", ",1".repeat(9_999)), "more than 1000 terms");
    assert!(parse_text(&format!("a = 1{}", " OR a = 1".repeat(999))).is_ok());
    assert!(parse_text(&format!("a IN (1{})", ",1".repeat(999))).is_ok());
    refused(&format!("a = 1{}", " OR a = 1".repeat(1_000)), "more than 1000 terms");
    refused(&format!("a = '{}'", "x".repeat(MAX_BYTES)), "longer than 65536 bytes");
    refused(
        &format!("S_WITHIN(g, LINESTRING(0 0{}))", ",1 1".repeat(10_000)),
        "more than 10000 points",
    );
    assert!(
        parse_text(&format!(
            "S_WITHIN(g, LINESTRING(0 0{}))",
            ",1.23456789 1".repeat(9_999)
        ))
        .is_ok()
    );
    refused(&format!("b{}", " OR b".repeat(1_000)), "more than 1000 terms");
    let deep = nested(r#"{"op":"not","args":["#, "true", "]}", 10_000);
    refused_json(&deep, "nested deeper than 64 levels");
    refused_json(&nested("[", "", "]", 10_000), "nested deeper");
    refused_json(
        &format!(
            r#"{{"op":"or","args":[{}true]}}"#,
            r#"{"op":"=","args":[1,1]},"#.repeat(1_001)
        ),
        "more than 1000 terms",
    );
}

#[test]
fn no_bytes_bring_the_reader_down() {
    // Cut and stirred pieces of filters, by a fixed seed; what matters is that each ends.
    let pieces = [
        "(",
        ")",
        "NOT",
        "a",
        "=",
        "'x'",
        "'",
        "\"",
        "1e",
        ".5",
        "^",
        "-",
        ",",
        "POINT",
        "BBOX(",
        "INTERVAL(",
        "S_WITHIN(",
        "é",
        "\\'",
        "..",
        "IN",
        "LIKE",
        "BETWEEN",
        "AND",
        "IS",
        "NULL",
        "{\"op\":",
        "[",
        "]",
        "}",
        "\u{0}",
        "A_EQUALS(",
        "Z",
        "EMPTY",
        "DATE('2022-01-01')",
    ];
    let mut seed = 7u64;
    let mut next = |n: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % n
    };
    let mut read = 0;
    for _ in 0..20_000 {
        let filter: String = (0..next(12))
            .map(|_| pieces[next(pieces.len())].to_owned() + " ")
            .collect();
        read += usize::from(parse_text(&filter).is_ok());
        let _ = parse(&filter, Language::Json);
        let _ = parse(&filter, Language::OldText);
    }
    assert!(read > 0, "no piece was a filter: the case says nothing");
}
