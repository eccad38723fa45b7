//! Units that stand in headings: "Surf. (m2)", "surface_ha", "Montant (k€)".

use std::fmt;

use super::super::text::fold;

/// A unit of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Metres.
    Metre,
    /// Kilometres.
    Kilometre,
    /// Square metres.
    SquareMetre,
    /// Hectares.
    Hectare,
    /// Square kilometres.
    SquareKilometre,
    /// Euros.
    Euro,
    /// Thousands of euros.
    ThousandEuros,
    /// Per cent.
    Percent,
}

impl Unit {
    const WRITTEN: [(Self, &'static [&'static str]); 8] = [
        (Self::Metre, &["m", "ml", "metre"]),
        (Self::Kilometre, &["km"]),
        (Self::SquareMetre, &["m2", "metrecarre"]),
        (Self::Hectare, &["ha", "hectare"]),
        (Self::SquareKilometre, &["km2"]),
        (Self::Euro, &["€", "eur", "euro"]),
        (Self::ThousandEuros, &["k€", "keur", "keuro", "millierseuro"]),
        (Self::Percent, &["%", "pct", "pourcentage"]),
    ];

    /// The unit that a word names.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        let mut word: String = fold(word).chars().filter(|c| !c.is_whitespace()).collect();
        word.retain(|c| c.is_alphanumeric() || matches!(c, '€' | '%'));
        let named = |names: &[&str]| names.contains(&word.as_str()) || names.contains(&word.trim_end_matches('s'));
        Self::WRITTEN
            .iter()
            .find(|(_, names)| named(names))
            .map(|(unit, _)| *unit)
    }

    /// What a value in this unit is multiplied by to be in metres, square metres or euros; `None` for a share.
    #[must_use]
    pub fn factor(self) -> Option<f64> {
        match self {
            Self::Metre | Self::SquareMetre | Self::Euro => Some(1.0),
            Self::Kilometre | Self::ThousandEuros => Some(1e3),
            Self::Hectare => Some(1e4),
            Self::SquareKilometre => Some(1e6),
            Self::Percent => None,
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Metre => "m",
            Self::Kilometre => "km",
            Self::SquareMetre => "m²",
            Self::Hectare => "ha",
            Self::SquareKilometre => "km²",
            Self::Euro => "€",
            Self::ThousandEuros => "k€",
            Self::Percent => "%",
        })
    }
}

/// A heading without its unit, and the unit: in brackets wherever they stand, else its last word.
///
/// A bare `m` or `a` at the end is a word, not a unit.
/// ```
/// use terril::model::schema::units::{Unit, split};
/// assert_eq!(split("Surf. (m²)"), ("Surf.".to_owned(), Some(Unit::SquareMetre)));
/// assert_eq!(split("surface_ha"), ("surface".to_owned(), Some(Unit::Hectare)));
/// assert_eq!(split("Coût en k€"), ("Coût".to_owned(), Some(Unit::ThousandEuros)));
/// assert_eq!(split("Parcelle(s)"), ("Parcelle(s)".to_owned(), None));
/// ```
#[must_use]
pub fn split(heading: &str) -> (String, Option<Unit>) {
    let heading = heading.trim();
    for (open, close) in [('(', ')'), ('[', ']')] {
        if let Some((before, rest)) = heading.split_once(open)
            && let Some((inside, after)) = rest.split_once(close)
            && let Some(unit) = Unit::of(inside.trim().trim_start_matches("en "))
        {
            return (
                format!("{} {}", before.trim(), after.trim()).trim().to_owned(),
                Some(unit),
            );
        }
    }
    let at = heading.rfind(|c: char| c == '_' || c.is_whitespace());
    let last = at.map(|i| {
        (
            &heading[..i],
            heading[i..].trim_start_matches(|c: char| c == '_' || c.is_whitespace()),
        )
    });
    if let Some((before, word)) = last
        && (word.chars().count() > 1 || matches!(word, "€" | "%"))
        && let Some(unit) = Unit::of(word)
    {
        let before = before.trim_end();
        let before = before.strip_suffix(" en").unwrap_or(before);
        return (before.to_owned(), Some(unit));
    }
    (heading.to_owned(), None)
}

/// The unit that a heading says.
#[must_use]
pub fn of_heading(heading: &str) -> Option<Unit> {
    split(heading).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_in_headings() {
        let check = |heading, expected: Option<Unit>| assert_eq!(of_heading(heading), expected, "{heading}");
        check("Surf. (m2)", Some(Unit::SquareMetre));
        check("Surface [ha]", Some(Unit::Hectare));
        check("surface_km2", Some(Unit::SquareKilometre));
        check("longueur_m", None);
        check("Longueur (m)", Some(Unit::Metre));
        check("Montant (€)", Some(Unit::Euro));
        check("Montant €", Some(Unit::Euro));
        check("cout_eur", Some(Unit::Euro));
        check("Coût (k€)", Some(Unit::ThousandEuros));
        check("Coût (milliers d'euros)", None);
        check("Part (%)", Some(Unit::Percent));
        check("Section (Références cadastrales)", None);
        check("nom", None);
        check("Année", None);
    }
}
