//! Cutting a cell of parcel numbers into words and signs.
//!
//! In: a cell as somebody wrote it. Out: runs of letters and digits in capitals without accents, and the signs
//! between them that mean something, each with its place in the cell.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::written::is_invisible;

/// A word or sign, and where it stands, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters and digits, in capitals.
    Run(String),
    /// Between two references: `;` `,` `/` `+` a line's end.
    Separator,
    /// "et": between two references, or a section.
    MaybeSeparator(String),
    /// A hyphen: within a reference, or from one to another.
    Hyphen,
    /// "à": from one to another.
    To,
    /// "a", "au": from one to another, or a section.
    MaybeTo(String),
    /// "for a part": says nothing of the id.
    Part,
    /// A sign that has no meaning here.
    Strange,
}

/// Words that say what follows, without accents, in capitals.
const SPOKEN: [&str; 20] = [
    "SECTION",
    "SECTIONS",
    "SECT",
    "PARCELLE",
    "PARCELLES",
    "PARC",
    "NUMERO",
    "NUMEROS",
    "NUM",
    "CADASTRE",
    "CADASTREE",
    "CADASTREES",
    "CADASTRALE",
    "CADASTRALES",
    "REF",
    "REFERENCE",
    "REFERENCES",
    "PREFIXE",
    "COMMUNE",
    "INSEE",
];

/// Little words that are sections too where they stand in capitals.
const LITTLE: [&str; 7] = ["LA", "LES", "LE", "DE", "DU", "DES", "N"];

/// Words for a part of a parcel.
const PART: [&str; 5] = ["P", "PIE", "PARTIE", "PARTIES", "PP"];

/// Cuts a cell.
pub(super) fn tokens(cell: &str) -> Vec<Token> {
    let mut found: Vec<Token> = vec![];
    let mut word: Option<Word> = None;
    let mut letters = cell.char_indices().peekable();
    while let Some((start, c)) = letters.next() {
        let end = start + c.len_utf8();
        if c == '°' {
            // "n°", "nos°": the sign makes a word of what stands before it.
            match word.take() {
                Some(w) if matches!(w.text.as_str(), "N" | "NO" | "NOS") => {}
                other => close(other, &mut found),
            }
            continue;
        }
        let folded: String = std::iter::once(c).nfkd().filter(|c| !is_combining_mark(*c)).collect();
        if c != '\u{2212}' && !folded.is_empty() && folded.chars().all(|f| f.is_ascii_alphanumeric()) {
            let word = word.get_or_insert_with(|| Word::at(start));
            word.end = end;
            word.small |= folded.chars().any(|f| f.is_ascii_lowercase());
            word.grave |= matches!(c, 'à' | 'À');
            word.text.push_str(&folded.to_ascii_uppercase());
            continue;
        }
        if is_combining_mark(c) {
            if let Some(word) = &mut word {
                word.end = end;
                word.grave |= c == '\u{300}' && word.text == "A";
            }
            continue;
        }
        if is_invisible(c) || matches!(c, '\'' | '"' | '’' | '`') {
            continue;
        }
        close(word.take(), &mut found);
        if c == '.' && is_whole(&found, &cell[end..]) {
            // `62737.0`: the zeros behind the point are no number.
            while letters.next_if(|(_, c)| *c == '0').is_some() {}
            continue;
        }
        let kind = match c {
            '\n' | '\r' | ';' | ',' | '/' | '+' | '|' | '&' | '\u{2028}' | '\u{2029}' => Kind::Separator,
            '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '→' | '>' => Kind::Hyphen,
            c if c.is_whitespace() || matches!(c, '.' | ':' | '_' | '(' | ')' | '[' | ']' | 'º') => continue,
            _ => Kind::Strange,
        };
        found.push(Token { kind, start, end });
    }
    close(word, &mut found);
    name_parts(&mut found);
    found
}

/// Tells the words for a part of a parcel from sections: nothing that belongs to a parcel follows them.
fn name_parts(tokens: &mut [Token]) {
    for i in 1..tokens.len() {
        let is_run = |t: &Token| matches!(t.kind, Kind::Run(_));
        let ends = |t: &Token| matches!(&t.kind, Kind::Run(r) if r.ends_with(|c: char| c.is_ascii_digit()));
        let is_part = matches!(&tokens[i].kind, Kind::Run(r) if PART.contains(&r.as_str()));
        if !is_part || tokens.get(i + 1).is_some_and(is_run) {
            continue;
        }
        // "12 p", "12 en partie".
        let within = i > 1 && matches!(&tokens[i - 1].kind, Kind::Run(r) if r == "EN" || r == "POUR");
        if ends(&tokens[i - 1]) {
            tokens[i].kind = Kind::Part;
        } else if within && ends(&tokens[i - 2]) {
            tokens[i - 1].kind = Kind::Part;
            tokens[i].kind = Kind::Part;
        }
    }
}

/// Whether a point stands between a whole number and its zeros.
fn is_whole(before: &[Token], after: &str) -> bool {
    let number =
        matches!(before.last(), Some(Token { kind: Kind::Run(t), .. }) if t.bytes().all(|b| b.is_ascii_digit()));
    let rest = after.trim_start_matches('0');
    number && rest.len() < after.len() && !rest.starts_with(|c: char| c.is_alphanumeric())
}

/// A run of letters and digits as it grows.
struct Word {
    text: String,
    start: usize,
    end: usize,
    small: bool,
    grave: bool,
}

impl Word {
    fn at(start: usize) -> Self {
        Self {
            text: String::new(),
            start,
            end: start,
            small: false,
            grave: false,
        }
    }
}

/// Adds a finished word, as what it means where it stands.
fn close(word: Option<Word>, found: &mut Vec<Token>) {
    let Some(word) = word else { return };
    let before = found.iter().rev().find(|t| t.kind != Kind::Hyphen);
    let after_number = matches!(before, Some(Token { kind: Kind::Run(t), .. })
        if t.ends_with(|c: char| c.is_ascii_digit()));
    let after_part = matches!(before, Some(Token { kind: Kind::Run(t), .. }) if PART.contains(&t.as_str()));
    let (text, small) = (word.text.as_str(), word.small);
    let kind = match text {
        _ if SPOKEN.contains(&text) => return,
        _ if small && LITTLE.contains(&text) && !after_number => return,
        "NO" | "NOS" if small => return,
        "ET" | "AND" if after_number || after_part => Kind::MaybeSeparator(word.text),
        "ET" | "AND" if small => return,
        "A" | "JUSQUA" if word.grave => Kind::To,
        "A" | "AU" if small && (after_number || after_part) => Kind::MaybeTo(word.text),
        _ => Kind::Run(word.text),
    };
    found.push(Token {
        kind,
        start: word.start,
        end: word.end,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cell: &str, expected: &str) {
        let words: Vec<String> = tokens(cell)
            .into_iter()
            .map(|t| match t.kind {
                Kind::Run(text) => text,
                Kind::Separator => "|".into(),
                Kind::MaybeSeparator(_) => "&".into(),
                Kind::Hyphen => "-".into(),
                Kind::To => "→".into(),
                Kind::MaybeTo(text) => format!("→{text}"),
                Kind::Part => "p".into(),
                Kind::Strange => "?".into(),
            })
            .collect();
        assert_eq!(words.join(" "), expected, "{cell}");
    }

    #[test]
    fn words_are_what_they_mean_where_they_stand() {
        check("AB 12 et 13", "AB 12 & 13");
        check("AB 12 ET 13", "AB 12 & 13");
        check("AB 12, ET 13", "AB 12 | ET 13");
        check("AB12 à AB15", "AB12 → AB15");
        check("AB12 a AB15", "AB12 →A AB15");
        check("AB12 A 15", "AB12 A 15");
        check("AB n°12", "AB 12");
        check("AB Nº 12 et nos 13", "AB 12 & 13");
        check("section AB parcelle 12", "AB 12");
        check("Parcelles cadastrées AB 12 (p) et 13 pour partie", "AB 12 p & 13 p p");
        check("62737.0 AB 12.00", "62737 AB 12");
        check("ＡＢ\u{202f}12", "AB 12");
        check("la parcelle AB 12", "AB 12");
        check("LA 12", "LA 12");
        check("AB–12", "AB - 12");
        check("N 12", "N 12");
        check("AB 12 = 13", "AB 12 ? 13");
    }
}
