//! Cells as people write them.

use super::*;

fn check_with(hints: ParcelHints<'_>, cell: &str, ids: &[&str], rest: &[&str]) {
    let found = parse_parcels(cell, &hints);
    let found_ids: Vec<&str> = found.ids.iter().map(Idu::as_str).collect();
    assert_eq!(found_ids, ids, "{cell}: {found:?}");
    assert_eq!(found.rest, rest, "{cell}");
}

/// In the commune of Sains-en-Gohelle.
fn check(cell: &str, ids: &[&str], rest: &[&str]) {
    let commune = Some("62737");
    check_with(
        ParcelHints {
            commune,
            ..ParcelHints::default()
        },
        cell,
        ids,
        rest,
    );
}

fn check_alone(cell: &str, ids: &[&str], rest: &[&str]) {
    check_with(ParcelHints::default(), cell, ids, rest);
}

const AB12: &str = "62737000AB0012";
const AB13: &str = "62737000AB0013";
const AB15: &str = "62737000AB0015";
const B12: &str = "627370000B0012";

#[test]
fn one_parcel_in_many_spellings() {
    for cell in [
        "62737000AB0012",
        " 62737000AB0012 ",
        "62737000ab0012",
        "62 737 000 AB 0012",
        "62737\u{a0}000\u{202f}AB\u{a0}0012",
        "62737-000-AB-0012",
        "62737.000.AB.0012",
        "62737_000_AB_0012",
        "62737OOOABOO12",
        "62737 AB 12",
        "62737 AB12",
        "62737AB12",
        "62737.0 AB 12.0",
        "627 37 000 AB 12",
        "'62737000AB0012",
        "\u{feff}62737000AB0012",
        "６２７３７０００ＡＢ００１２",
        "62737 000 AB n°12",
        "62737, section AB n° 12",
    ] {
        check_alone(cell, &[AB12], &[]);
    }
    for cell in [
        "AB 12",
        "AB12",
        "ab 12",
        "AB0012",
        "000AB12",
        "000 AB 12",
        "AB n°12",
        "AB N° 12",
        "AB nº 12",
        "section AB parcelle 12",
        "Section AB n° 12",
        "AB-12",
        "AB_12",
        "AB.12",
        "AB O012",
        "AB 12p",
        "AB 12 (p)",
        "AB 12 pour partie",
        "parcelle AB 12",
        "Parcelle cadastrée AB 12",
        "réf. AB 12",
        "AB : 12",
        "[AB 12]",
    ] {
        check(cell, &[AB12], &[]);
    }
}

#[test]
fn a_section_of_one_letter_is_padded() {
    for cell in [
        "B 12",
        "B12",
        "0B 12",
        "0B12",
        "0B0012",
        "b 12",
        "000B12",
        "0000B12",
        "000 0B 12",
        "62737B12",
        "62737 0B 12",
    ] {
        check(cell, &[B12], &[]);
    }
    for cell in [
        "627370000B0012",
        "62737000B0012",
        "62737 000 B 12",
        "62737000B12",
        "627370000B12",
        "62737OOOOBOO12",
    ] {
        check_alone(cell, &[B12], &[]);
    }
    check_alone("97209 000 0O 0498", &["972090000O0498"], &[]);
    check_alone("972 209 000 0O 0498", &["972090000O0498"], &[]);
    check_alone("97209000000498", &["972090000O0498"], &[]);
    check_alone("97209000O498", &["972090000O0498"], &[]);
    check("O31", &["627370000O0031"], &[]);
    check("000 O31", &["627370000O0031"], &[]);
    check("AB 12, O13", &[AB12, AB13], &[]);
    // A section of its own, as written.
    check("OB 12", &["62737000OB0012"], &[]);
    check("AO12", &["62737000AO0012"], &[]);
    check("A0 12", &[], &["A0 12"]);
    check_alone("62737000A00012", &["62737000AO0012"], &[]);
}

#[test]
fn communes_get_their_zero_back_where_the_form_shows_it() {
    check_alone("1004000AB0012", &["01004000AB0012"], &[]);
    check_alone("1004 AB 12", &["01004000AB0012"], &[]);
    check_alone("1004 000 0B 12", &["010040000B0012"], &[]);
    check_alone("O1004 AB 12", &["01004000AB0012"], &[]);
    // 10040 000 B 0012, or 01004 000 0B 0012.
    check_alone("10040000B0012", &[], &["10040000B0012"]);
    let commune = Some("01004");
    check_with(
        ParcelHints {
            commune,
            ..ParcelHints::default()
        },
        "10040000B0012",
        &["010040000B0012"],
        &[],
    );
}

#[test]
fn corsica_alsace_and_absorbed_communes() {
    check_alone("2A004000AB0012", &["2A004000AB0012"], &[]);
    check_alone("2a004 AB 12", &["2A004000AB0012"], &[]);
    check_alone("2B 033 000 B 12", &["2B0330000B0012"], &[]);
    check_alone("67482 000 12 0034", &["67482000120034"], &[]);
    check_alone("67482000120034", &["67482000120034"], &[]);
    check_alone("6.7482000120034E+13", &["67482000120034"], &[]);
    let commune = Some("67482");
    check_with(
        ParcelHints {
            commune,
            ..ParcelHints::default()
        },
        "12 34",
        &["67482000120034"],
        &[],
    );
    check_alone("62737386AB0012", &["62737386AB0012"], &[]);
    check("386 AB 12", &["62737386AB0012"], &[]);
    check("386AB12, 13", &["62737386AB0012", "62737386AB0013"], &[]);
    let hints = ParcelHints {
        commune: Some("62737"),
        prefix: Some("386"),
        section: None,
    };
    check_with(hints, "AB 12", &["62737386AB0012"], &[]);
    check_with(hints, "000 AB 12", &[AB12], &[]);
    check_with(hints, "62386 AB 12", &["62386000AB0012"], &[]);
    check_alone("59 001 000 AA 0022", &["59001000AA0022"], &[]);
}

#[test]
fn lists_leave_out_what_was_said() {
    for cell in [
        "AB 12 et 13",
        "AB 12, 13",
        "AB12;AB13",
        "AB12 / AB13",
        "AB 12 + 13",
        "AB 12\nAB 13",
        "AB n°12 et n°13",
        "AB 12 ET 13",
        "AB 12 & 13",
        "AB 12 AB 13",
        "AB12 AB13",
        "AB 12 (p) et 13 (p)",
        "62737 AB 12 et 13",
        "62737; AB 12; AB 13",
        "62737000AB0012;62737000AB0013",
        "62737000AB0012 62737000AB0013",
        "AB 12, 13 et 12",
    ] {
        check(cell, &[AB12, AB13], &[]);
    }
    check("AB 12, 13 et 15", &[AB12, AB13, AB15], &[]);
    check("AB 12, AC 5 et 6", &[AB12, "62737000AC0005", "62737000AC0006"], &[]);
    check("AB 12, ET 13", &[AB12, "62737000ET0013"], &[]);
    check("62510 AB 12, 62737 AB 12", &["62510000AB0012", AB12], &[]);
    let hints = ParcelHints {
        commune: Some("62737"),
        section: Some("AB"),
        prefix: None,
    };
    check_with(hints, "12, 13", &[AB12, AB13], &[]);
    check_with(hints, "0012", &[AB12], &[]);
    check_with(hints, "12-13", &[AB12, AB13], &[]);
}

#[test]
fn ranges_are_all_that_lies_between() {
    let all = [AB12, AB13, "62737000AB0014", AB15];
    for cell in [
        "AB12-AB15",
        "AB 12-15",
        "AB 12 à 15",
        "AB12 à AB15",
        "AB 12 – 15",
        "AB 12 a 15",
        "de AB 12 à 15",
        "AB-12-15",
        "62737000AB0012-62737000AB0015",
        "AB n° 12 à n° 15",
        "AB 12 au 15",
    ] {
        check(cell, &all, &[]);
    }
    check("AB 15-12", &[], &["AB 15-12"]);
    check("AB 12 - AC 15", &[], &["AB 12 - AC 15"]);
    check("AB 1-201", &[], &["AB 1-201"]);
    assert_eq!(
        parse_parcels("62737AB1-200", &ParcelHints::default()).ids.len(),
        usize::from(MAX_RANGE)
    );
    check("AB 12 A 15", &[], &["AB 12 A 15"]);
    check("000 et 12", &["62737000ET0012"], &[]);
    check("000 a 12", &["627370000A0012"], &[]);
    check("AB 12, 386 a 390", &[AB12], &["386 a 390"]);
}

#[test]
fn what_is_no_parcel_is_left_as_written() {
    check_alone("6.2737E+13", &["627370000E0005"], &[]);
    check_alone("62737000000000", &["627370000E0005"], &[]);
    check_alone("AB 12", &[], &["AB 12"]);
    check("12", &[], &["12"]);
    check("voir plan", &[], &["voir plan"]);
    check("AB 12, jardin, 13", &[AB12, AB13], &["jardin"]);
    check("AB 12 = 1 250 m²", &[], &["AB 12 = 1 250 m²"]);
    check("AB 12345", &[], &["AB 12345"]);
    check("AB 0", &[], &["AB 0"]);
    check("Sains-en-Gohelle AB 12", &[], &["Sains-en-Gohelle AB 12"]);
    check("", &[], &[]);
    check(" ; ,", &[], &[]);
    check("ÀÉ 12 €", &[], &["ÀÉ 12 €"]);
    // Excel takes a section E for a power of ten; as text it is whole.
    check_alone("627370000E0012", &["627370000E0012"], &[]);
}

#[test]
fn a_cell_is_bounded() {
    let cell: String = (0..40)
        .map(|i| format!("A{}1-200;", char::from(b'A' + (i % 26) as u8)))
        .collect();
    let found = parse_parcels(
        &cell,
        &ParcelHints {
            commune: Some("62737"),
            ..ParcelHints::default()
        },
    );
    assert_eq!(found.ids.len(), MAX_PARCELS);
    assert!(!found.rest.is_empty());
    // Long texts end, whatever they hold.
    for filler in [
        "A", "1", " 1", "-", "A1 ", "°", "O", "é", "AB 1-", "0.", "1 et ", "1;", "AB1 a ",
    ] {
        let _ = parse_parcels(&filler.repeat(20_000 / filler.len()), &ParcelHints::default());
    }
}

/// SplitMix64, seeded.
struct Rng(u64);

impl Rng {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n
    }
}

/// An id in a spelling that says all of it.
fn spelled(id: &Idu, rng: &mut Rng) -> String {
    let one_of = |rng: &mut Rng, of: &[&str]| of[rng.below(of.len() as u64) as usize].to_owned();
    let commune = if id.commune().starts_with('0') && id.section().as_bytes()[0] != b'0' && rng.below(2) == 0 {
        id.commune()[1..].to_owned()
    } else {
        id.commune().to_owned()
    };
    let padded = rng.below(2) == 0;
    let section = if padded {
        id.section()
    } else {
        id.section().trim_start_matches('0')
    };
    let number = if rng.below(2) == 0 {
        id.number()
    } else {
        id.number().trim_start_matches('0')
    };
    let gap = one_of(rng, &[" ", "\u{a0}", "\u{202f}", "-", "  ", ".", "_"]);
    let mut text = [&commune, id.prefix(), section, number].join(&gap);
    // In small letters this is "n°".
    if rng.below(3) == 0 && section != "NO" {
        text = text.to_lowercase();
    }
    if rng.below(4) == 0 {
        text = format!(" {text}\u{a0}");
    }
    text
}

#[test]
fn an_id_in_any_spelling_is_read_back() {
    let mut rng = Rng(62737);
    let departments = ["01", "09", "2A", "2B", "59", "62", "67", "95", "971", "974"];
    for _ in 0..20_000 {
        let department = departments[rng.below(departments.len() as u64) as usize];
        let width = 5 - department.len();
        let commune = format!(
            "{department}{:0width$}",
            1 + rng.below(if width == 3 { 900 } else { 24 })
        );
        let prefix = if rng.below(4) == 0 {
            format!("{:03}", rng.below(1000))
        } else {
            "000".into()
        };
        let letter = |rng: &mut Rng| b'A' + rng.below(26) as u8;
        let section = match (department, rng.below(2)) {
            ("67", _) => format!("{:02}", 1 + rng.below(99)).into_bytes(),
            (_, 0) => vec![b'0', letter(&mut rng)],
            _ => vec![letter(&mut rng), letter(&mut rng)],
        };
        let number = format!("{:04}", 1 + rng.below(9999));
        let id = Idu::of_parts(&commune, &prefix, section.try_into().unwrap(), &number).unwrap();
        let text = spelled(&id, &mut rng);
        let found = parse_parcels(&text, &ParcelHints::default());
        assert_eq!(
            (found.ids.as_slice(), found.rest.len()),
            (&[id][..], 0),
            "{text:?} of {id}"
        );
    }
}
