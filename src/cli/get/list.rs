//! `terril get list`: the entries, by what they come under.

use super::Tongue;
use crate::get::catalogue::Catalogue;

/// Prints each entry: id, title, licence, the sets that it comes with, its address.
pub(super) fn print(catalogue: &Catalogue, tongue: Tongue) {
    let widest = catalogue
        .entries
        .keys()
        .map(|id| id.chars().count())
        .max()
        .unwrap_or_default();
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
        println!("{id:widest$}  {title}{sets}");
        println!("{:widest$}  {}, {}", "", entry.licence, entry.attribution);
        let typename = entry.typename.as_ref().map_or_else(String::new, |t| format!("  {t}"));
        println!("{:widest$}  {}{typename}", "", entry.url);
    }
    println!();
    println!(
        "{}",
        match tongue {
            Tongue::French => "Un ensemble entier, avec les communes voisines : terril get territoire 62737",
            Tongue::English => "A whole set, with the communes around: terril get territoire 62737",
        }
    );
}
