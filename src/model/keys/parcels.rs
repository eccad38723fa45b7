//! All parcels of one cell: lists, ranges, references that leave out what was said before.
//!
//! In: `AB 12 et 13`, `AB12-AB15`, `62737 AB 12; AC 5`. Out: ids, in the order written, each once, and what
//! is no parcel, as written. Nothing is guessed: a reference that can be understood in two ways is left.

use std::collections::HashSet;

use super::cell::{Kind, Token, tokens};
use super::idu::Idu;
use super::insee::in_full;
use super::reference::{Reference, read};
use super::section_e::parcel_of_section_e;
use super::written::{is_power_of_ten, whole_number};

/// Parcels that a range such as `AB 12 à 40` may stand for; a longer one is left as written.
pub const MAX_RANGE: u16 = 200;

/// Parcels taken from one cell; the references beyond are left as written.
pub const MAX_PARCELS: usize = 5_000;

/// Words and signs of one reference in which "et" may be a section.
const MAX_WORDS: usize = 24;

/// Hyphens of one reference that are tried as "from … to".
const MAX_HYPHENS: usize = 8;

/// What other columns say of a cell's parcels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ParcelHints<'a> {
    /// The INSEE code of the commune, in its normal form.
    pub commune: Option<&'a str>,
    /// The prefix; blank is `000`.
    pub prefix: Option<&'a str>,
    /// The section.
    pub section: Option<&'a str>,
}

/// What a cell says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parcels {
    /// The ids, in the order written, each once.
    pub ids: Vec<Idu>,
    /// Whether any was written otherwise than as its 14 characters.
    pub mended: bool,
    /// The pieces that are no parcel, as written.
    pub rest: Vec<String>,
}

/// Reads a cell of parcel numbers.
///
/// What is written decides before the hints. A range is bounded by [`MAX_RANGE`], a cell by [`MAX_PARCELS`].
///
/// ```
/// use terril::model::keys::{ParcelHints, parse_parcels};
/// let hints = ParcelHints { commune: Some("62737"), ..ParcelHints::default() };
/// let found = parse_parcels("AB n°12 et 13, jardin", &hints);
/// assert_eq!(found.ids[1].as_str(), "62737000AB0013");
/// assert_eq!(found.rest, ["jardin"]);
/// ```
#[must_use]
pub fn parse_parcels(text: &str, hints: &ParcelHints<'_>) -> Parcels {
    if let Some(id) = Idu::exact(text.trim()) {
        return Parcels {
            ids: vec![id],
            ..Parcels::default()
        };
    }
    let said = |id: &Idu| hints.commune.is_none_or(|commune| commune == id.commune());
    if let Some(id) = parcel_of_section_e(text).filter(said) {
        return Parcels {
            ids: vec![id],
            mended: true,
            rest: vec![],
        };
    }
    if is_power_of_ten(text) {
        // Digits that are all there can be read; those that a spreadsheet rounded away are lost.
        return match whole_number(text) {
            Some(number) => parse_parcels(&number, hints),
            None => Parcels {
                rest: vec![text.trim().to_owned()],
                ..Parcels::default()
            },
        };
    }
    let mut reader = CellReader {
        hints,
        said: Reference::default(),
        seen: HashSet::new(),
        found: Parcels::default(),
    };
    let tokens = tokens(text);
    let mut start = 0;
    for piece in tokens.split_inclusive(|t| t.kind == Kind::Separator) {
        let (piece, end, next) = match piece.split_last() {
            Some((sign, before)) if sign.kind == Kind::Separator => (before, sign.start, sign.end),
            _ => (piece, text.len(), text.len()),
        };
        reader.pieces(piece, &text[..end], start);
        start = next;
    }
    reader.found
}

struct CellReader<'a> {
    hints: &'a ParcelHints<'a>,
    /// What was said last, for the references that leave it out.
    said: Reference,
    seen: HashSet<Idu>,
    found: Parcels,
}

impl CellReader<'_> {
    /// A piece that begins at `start` and ends with the text; several where "et" is between them.
    fn pieces(&mut self, mut piece: &[Token], text: &str, mut start: usize) {
        while let Some(at) = piece.iter().position(|t| matches!(t.kind, Kind::MaybeSeparator(_))) {
            let before = self.said.clone();
            let first_is_one = self.understood(&piece[..at]).is_some();
            self.said = before.clone();
            let as_section = !first_is_one && piece.len() <= MAX_WORDS && self.single(piece).is_some();
            self.said = before;
            if as_section {
                break;
            }
            self.piece(&piece[..at], text[start..piece[at].start].trim());
            start = piece[at].end;
            piece = &piece[at + 1..];
        }
        self.piece(piece, text[start..].trim());
    }

    fn piece(&mut self, piece: &[Token], written: &str) {
        if piece.is_empty() {
            // Nothing but signs, or words such as "parcelle".
            if written.chars().any(char::is_alphanumeric) {
                self.found.rest.push(written.to_owned());
            }
            return;
        }
        let before = self.said.clone();
        let fits = self.commune_alone(piece) || self.understood(piece).is_some_and(|ids| self.add(ids, written));
        if !fits {
            self.said = before;
            self.found.rest.push(written.to_owned());
        }
    }

    fn add(&mut self, ids: Vec<Idu>, written: &str) -> bool {
        if self.found.ids.len() + ids.len() > MAX_PARCELS {
            return false;
        }
        self.found.mended |= ids.len() != 1 || ids[0].as_str() != written;
        let seen = &mut self.seen;
        self.found.ids.extend(ids.into_iter().filter(|id| seen.insert(*id)));
        true
    }

    /// A commune by itself, for the references behind it.
    fn commune_alone(&mut self, piece: &[Token]) -> bool {
        let [
            Token {
                kind: Kind::Run(run), ..
            },
        ] = piece
        else {
            return false;
        };
        let Some(code) = in_full(run) else { return false };
        self.said = Reference {
            commune: Some(code),
            ..Reference::default()
        };
        true
    }

    fn understood(&mut self, piece: &[Token]) -> Option<Vec<Idu>> {
        if piece.iter().any(|t| t.kind == Kind::Strange) {
            return None;
        }
        let is_to = |t: &Token| t.kind == Kind::To;
        if let Some(at) = piece.iter().position(is_to) {
            let (from, to) = (&piece[..at], &piece[at + 1..]);
            return (!to.iter().any(is_to)).then(|| self.range(from, to))?;
        }
        let before = self.said.clone();
        let as_one = self.single(piece).map(|id| vec![id]);
        let said = std::mem::replace(&mut self.said, before.clone());
        let maybe_to = piece.iter().position(|t| matches!(t.kind, Kind::MaybeTo(_)));
        let as_range = maybe_to.and_then(|at| self.range(&piece[..at], &piece[at + 1..]));
        match (as_one, as_range) {
            // "386 a 390" after "AB 12": a section A or a range.
            (Some(_), Some(_)) => return None,
            (Some(one), None) => {
                self.said = said;
                return Some(one);
            }
            (None, Some(range)) => return Some(range),
            (None, None) => {}
        }
        let hyphens = (0..piece.len()).filter(|i| piece[*i].kind == Kind::Hyphen);
        for at in hyphens.take(MAX_HYPHENS) {
            self.said = before.clone();
            if let Some(ids) = self.range(&piece[..at], &piece[at + 1..]) {
                return Some(ids);
            }
        }
        self.said = before;
        self.in_a_row(piece)
    }

    /// One reference, its hyphens being only between its parts.
    fn single(&mut self, piece: &[Token]) -> Option<Idu> {
        let runs: Vec<&str> = piece.iter().filter_map(run_of).collect();
        let id = self.parcel(&runs)?;
        self.said = Reference {
            commune: Some(id.commune().to_owned()),
            prefix: Some(id.prefix().to_owned()),
            section: Some(id.section().to_owned()),
            number: String::new(),
        };
        Some(id)
    }

    fn parcel(&self, runs: &[&str]) -> Option<Idu> {
        let whole = |runs: &[&str]| read(runs, self.hints)?.complete(&self.said, self.hints);
        whole(runs).or_else(|| {
            // "O31": a number where the section is known, else section O.
            let (last, before) = runs.split_last()?;
            let number = last.strip_prefix('O')?;
            whole(&[before, &["O", number]].concat())
        })
    }

    /// All parcels from one to another of the same section.
    fn range(&mut self, from: &[Token], to: &[Token]) -> Option<Vec<Idu>> {
        let (from, to) = (self.single(from)?, self.single(to)?);
        let same = from.as_str()[..10] == to.as_str()[..10];
        let (low, high): (u16, u16) = (from.number().parse().ok()?, to.number().parse().ok()?);
        if !same || low >= high || high - low >= MAX_RANGE {
            return None;
        }
        let section = from.section().as_bytes().try_into().ok()?;
        let id = |n: u16| Idu::of_parts(from.commune(), from.prefix(), section, &format!("{n:04}"));
        (low..=high).map(id).collect()
    }

    /// References one behind the other without a sign between them, each with its section: `AB 12 AB 13 AC 5`.
    fn in_a_row(&mut self, piece: &[Token]) -> Option<Vec<Idu>> {
        let plain = |t: &Token| matches!(t.kind, Kind::Run(_));
        let runs: Vec<&str> = piece.iter().filter(|t| plain(t)).filter_map(run_of).collect();
        if runs.len() != piece.len() {
            return None;
        }
        let ends: Vec<usize> = (0..runs.len())
            .filter(|i| runs[*i].ends_with(|c: char| c.is_ascii_digit()))
            .collect();
        let mut ids = vec![];
        let mut start = 0;
        for end in ends {
            let one = &runs[start..=end];
            let has_section = one.iter().any(|r| r.bytes().any(|b| b.is_ascii_uppercase()));
            // "A" may be "à": 12 A 15.
            if !has_section || (start > 0 && one[0] == "A") {
                if start == 0 {
                    continue;
                }
                return None;
            }
            let id = self.parcel(one)?;
            self.said.commune = Some(id.commune().to_owned());
            self.said.prefix = Some(id.prefix().to_owned());
            self.said.section = Some(id.section().to_owned());
            ids.push(id);
            start = end + 1;
        }
        (start == runs.len() && ids.len() > 1).then_some(ids)
    }
}

fn run_of(token: &Token) -> Option<&str> {
    match &token.kind {
        Kind::Run(text) | Kind::MaybeTo(text) | Kind::MaybeSeparator(text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
