//! `terril get list`: the entries, by what they come under.

use std::fmt::Write;

use super::Tongue;
use crate::get::catalogue::Catalogue;

/// Each entry: id, title, the sets that it comes with, licence, address.
pub(super) fn text(catalogue: &Catalogue, tongue: Tongue) -> String {
    let widest = catalogue
        .entries
        .keys()
        .map(|id| id.chars().count())
        .max()
        .unwrap_or_default();
    let mut text = String::new();
    // Writing to a text does not fail.
    let mut say = |line: String| {
        let _ = writeln!(text, "{line}");
    };
    for (id, entry) in &catalogue.entries {
        let title = match tongue {
            Tongue::French => &entry.title.fr,
            Tongue::English => &entry.title.en,
        };
        let sets = if entry.sets.is_empty() {
            String::new()
        } else {
            format!("  [{}]", entry.sets.join(", "))
        };
        say(format!("{id:widest$}  {title}{sets}"));
        say(format!("{:widest$}  {}, {}", "", entry.licence, entry.attribution));
        let typename = entry.typename.as_ref().map_or_else(String::new, |t| format!("  {t}"));
        say(format!("{:widest$}  {}{typename}", "", entry.url));
    }
    say(match tongue {
        Tongue::French => "\nUn ensemble entier, avec les communes voisines : terril get territoire 62737".into(),
        Tongue::English => "\nA whole set, with the communes around: terril get territoire 62737".into(),
    });
    text
}
