//! One parcel reference, out of its runs of letters and digits.
//!
//! ```text
//! 62737000AB0012      59 001 000 AA 0022      000AY34      62737 B 12      AB12      13
//! ```
//! Read from the right: number, section, prefix, commune; what is missing is left open.

use super::idu::{Idu, Zeros, has_numbered_sections, number_of, prefix_of, section, section_of};
use super::insee::{department_of, in_full, is_insee};
use super::parcels::ParcelHints;
use super::written::digits;

/// What a reference says; what it leaves open is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Reference {
    pub(super) commune: Option<String>,
    pub(super) prefix: Option<String>,
    pub(super) section: Option<String>,
    pub(super) number: String,
}

impl Reference {
    /// The parcel, what is open taken from `rest`, then from the hints.
    pub(super) fn complete(&self, rest: &Self, hints: &ParcelHints<'_>) -> Option<Idu> {
        let hinted = |hint: Option<&str>| hint.map(str::trim).filter(|h| !h.is_empty()).map(str::to_owned);
        let commune = self.commune.clone().or_else(|| rest.commune.clone());
        let commune = commune.or_else(|| hinted(hints.commune))?;
        let of_hint = hints.commune.is_none_or(|c| c.trim() == commune);
        let hint = || hinted(hints.prefix).filter(|_| of_hint);
        // A commune that is named anew has none of the prefixes of the one before.
        let before = || rest.prefix.clone().filter(|_| self.commune.is_none());
        let prefix = self.prefix.clone().or_else(before).or_else(hint).unwrap_or_default();
        let section = self.section.clone().or_else(|| rest.section.clone());
        let section = section.or_else(|| hinted(hints.section))?;
        Idu::of_parts(
            &commune,
            &prefix_of(&prefix)?,
            section_of(&section, &commune)?,
            &number_of(&self.number)?,
        )
    }
}

/// Reads a reference; `None` where its runs are none, or may be two.
pub(super) fn read(runs: &[&str], hints: &ParcelHints<'_>) -> Option<Reference> {
    let whole = runs.concat();
    let whole = whole
        .strip_suffix('P')
        .filter(|w| w.ends_with(|c: char| c.is_ascii_digit()))
        .unwrap_or(&whole);
    // All characters of the language of cadastre are ASCII; what is not was cut before.
    if whole.is_empty() || !whole.is_ascii() {
        return None;
    }
    if let Some(full) = fixed(whole) {
        return Some(full);
    }
    let mut runs: Vec<&str> = runs.to_vec();
    let last = runs.pop()?;
    let last = last
        .strip_suffix('P')
        .filter(|l| l.ends_with(|c: char| c.is_ascii_digit()))
        .unwrap_or(last);
    let (number, head) = if is_number(last) {
        (last.to_owned(), runs.concat())
    } else {
        let at = number_start(last)?;
        let head = runs.concat() + &last[..at];
        // The run before the number is what is left of the last one.
        runs.push(&last[..at]);
        (last[at..].to_owned(), head)
    };
    if head.is_empty() {
        return (number.len() <= 4).then(|| Reference {
            number,
            ..Reference::default()
        });
    }
    let section_run = *runs.last()?;
    let candidates = heads(&head, section_run, hints);
    let place = only(candidates, hints)?;
    Some(Reference {
        commune: place.commune,
        prefix: place.prefix,
        section: Some(place.section),
        number,
    })
}

/// An id of 14 characters, or of 13 where the commune lost its zero.
fn fixed(whole: &str) -> Option<Reference> {
    let read = |id: &str| {
        let (place, end) = id.split_at_checked(8)?;
        let (letters, number) = end.split_at_checked(2)?;
        let (commune, prefix) = place.split_at(5);
        let number = digits(number)?;
        let commune_code = in_full(commune)?;
        let prefix_digits = digits(prefix)?;
        let with_letters = commune != commune_code || prefix != prefix_digits || end[2..] != number;
        let zeros = if with_letters {
            Zeros::AsLetters
        } else {
            Zeros::AsWritten
        };
        let pair = letters.as_bytes();
        let section = section(pair[0], pair[1], &commune_code, zeros)?;
        let section = String::from_utf8(section.to_vec()).ok()?;
        Some(Reference {
            commune: Some(commune_code),
            prefix: Some(prefix_digits),
            section: Some(section),
            number,
        })
    };
    match whole.len() {
        14 => read(whole),
        // Of 13, a section of two letters says where all stands; with one it may have lost its own zero.
        13 if whole.as_bytes()[7].is_ascii_uppercase() && whole.as_bytes()[8].is_ascii_uppercase() => {
            read(&format!("0{whole}"))
        }
        _ => None,
    }
}

/// One way to understand what stands before the number.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Head {
    commune: Option<String>,
    prefix: Option<String>,
    section: String,
}

/// All ways to understand what stands before the number.
fn heads(head: &str, section_run: &str, hints: &ParcelHints<'_>) -> Vec<Head> {
    let letters = section_run.bytes().rev().take_while(u8::is_ascii_uppercase).count();
    let mut found = vec![];
    let mut add = |place: &str, section: &str| {
        found.extend(places(place).into_iter().map(|(commune, prefix)| Head {
            commune,
            prefix,
            section: section.to_owned(),
        }));
    };
    let cut = |n: usize| head.split_at(head.len() - n);
    match letters {
        // "0O" with the letter is a section of its own; "00" with digits too where the commune says so.
        0 => {
            let numbered = section_run.len() <= 2 && hints.section.is_none();
            if numbered {
                let (place, section) = cut(section_run.len());
                add(place, section);
            }
            found.retain(|h| {
                let commune = h.commune.as_deref().or(hints.commune);
                commune.is_some_and(|c| has_numbered_sections(c) && section_of(&h.section, c).is_some())
            });
        }
        1 | 2 if section_run.len() == letters => {
            let (place, section) = cut(letters);
            add(place, section);
        }
        // Its own run, padded: the zero is the section's.
        1 if section_run.len() == 2 => {
            let (place, section) = cut(2);
            add(place, section);
        }
        1 => {
            let (place, section) = cut(1);
            add(place, section);
            if let Some(place) = place.strip_suffix('0') {
                add(place, section);
            }
        }
        2 => {
            let (place, section) = cut(2);
            add(place, section);
            // O for 0: the zeros of a commune or prefix run into the section, or pad it.
            if let Some(letter) = section.strip_prefix('O') {
                add(place, letter);
                add(&format!("{place}0"), letter);
            }
        }
        // "62737OOOAB": all but the last one or two are zeros.
        _ => {
            for n in [1, 2] {
                let (place, section) = cut(n);
                add(place, section);
                if let Some(place) = place.strip_suffix('O').filter(|_| n == 1) {
                    add(place, section);
                }
            }
        }
    }
    found.dedup();
    found
}

/// The communes and prefixes that a text may say.
fn places(text: &str) -> Vec<(Option<String>, Option<String>)> {
    let mut found = vec![];
    if text.is_empty() {
        return vec![(None, None)];
    }
    let island = text.starts_with("2A") || text.starts_with("2B");
    let Some(number) = digits(if island { &text[2..] } else { text }) else {
        return vec![];
    };
    let text = if island {
        format!("{}{number}", &text[..2])
    } else {
        number
    };
    if text.len() == 3 && !island {
        found.push((None, Some(text.clone())));
    }
    let mut commune = |code: String, prefix: &str| {
        if is_insee(&code) && matches!(prefix.len(), 0 | 3) {
            let prefix = (!prefix.is_empty()).then(|| prefix.to_owned());
            found.push((Some(code), prefix));
        }
    };
    if let Some((code, prefix)) = text.split_at_checked(5) {
        commune(code.to_owned(), prefix);
    }
    if let Some((code, prefix)) = text.split_at_checked(4) {
        commune(format!("0{code}"), prefix);
    }
    // Overseas, as the land registry writes it: 972 and 209.
    if let Some((code, prefix)) = text.split_at_checked(6)
        && is_insee(&code[..5])
        && department_of(code) == &code[..3]
        && code.as_bytes()[2] == code.as_bytes()[3]
    {
        commune(format!("97{}", &code[3..]), prefix);
    }
    found
}

/// The one way that is left when the hinted commune and the plain prefix 000 have been preferred.
fn only(mut heads: Vec<Head>, hints: &ParcelHints<'_>) -> Option<Head> {
    let prefer = |heads: &mut Vec<Head>, better: &dyn Fn(&Head) -> bool| {
        if heads.len() > 1 && heads.iter().any(better) {
            heads.retain(|h| better(h));
        }
    };
    if let Some(hint) = hints.commune {
        prefer(&mut heads, &|h| h.commune.as_deref() == Some(hint));
        prefer(&mut heads, &|h| {
            h.commune
                .as_deref()
                .is_some_and(|c| department_of(c) == department_of(hint))
        });
    }
    prefer(&mut heads, &|h| h.prefix.as_deref().is_none_or(|p| p == "000"));
    let first = heads.pop()?;
    heads.is_empty().then_some(first)
}

/// Digits, the letter O among them, at most four that count.
fn is_number(run: &str) -> bool {
    run.len() <= 4 && run.bytes().any(|b| b.is_ascii_digit()) && digits(run).is_some()
}

/// Where the number begins in a run that begins with other things.
fn number_start(run: &str) -> Option<usize> {
    let tail = run
        .bytes()
        .rev()
        .take_while(|b| b.is_ascii_digit() || *b == b'O')
        .count();
    let tail = run.len() - tail;
    let digit = tail + run[tail..].bytes().position(|b| b.is_ascii_digit())?;
    // Letters before it: two at most are the section, the Os behind them zeros.
    let letters = run[..digit].bytes().rev().take_while(u8::is_ascii_uppercase).count();
    let at = digit - letters.saturating_sub(2);
    // "97209000O498": nothing but the O itself can be the section.
    let at = if at > 0 { at } else { run.rfind('O')? + 1 };
    (1..=4).contains(&(run.len() - at)).then_some(at)
}
