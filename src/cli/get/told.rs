//! What a run of `terril get` tells at its end.

use std::path::Path;

use super::Tongue;
use crate::get::{Configured, LayerOutcome, Missing, Outcome, Request, State};
use crate::model::role::Label;

/// Prints the layers, what is missing with its remedy, and the line that serves the folder.
pub(super) fn print(request: &Request, outcome: &Outcome, tongue: Tongue) {
    let say = |fr: &str, en: &str| println!("{}", if tongue == Tongue::French { fr } else { en });
    let communes: Vec<String> = outcome
        .communes
        .iter()
        .map(|(code, name)| {
            if name.is_empty() {
                code.clone()
            } else {
                format!("{name} ({code})")
            }
        })
        .collect();
    if !communes.is_empty() {
        let names = communes.join(", ");
        let n = communes.len();
        let s = if n == 1 { "" } else { "s" };
        say(
            &format!("{n} commune{s} : {names}"),
            &format!("{n} commune{s}: {names}"),
        );
    }
    missing(&outcome.missing, tongue);
    outcome.layers.iter().for_each(|l| layer(l, tongue));
    let folder = request.folder.display();
    if !outcome.has_any() {
        return say(
            &format!("Rien n'est venu dans {folder}."),
            &format!("Nothing came into {folder}."),
        );
    }
    if let Configured::Aside(path) = &outcome.configured {
        let path = path.display();
        say(
            &format!("terril.toml a été modifié à la main et reste ; ce qui y serait écrit est dans {path}"),
            &format!("terril.toml was changed by hand and stays; what would stand in it is in {path}"),
        );
    }
    say(
        &format!("Licences : {folder}/LICENCES.md ; provenance : {folder}/sources.json"),
        &format!("Licences: {folder}/LICENCES.md; origins: {folder}/sources.json"),
    );
    println!("{} serve {}", program(), quoted(&request.folder));
}

fn layer(layer: &LayerOutcome, tongue: Tongue) {
    let french = tongue == Tongue::French;
    let state = match (layer.state, french) {
        (State::New, true) => "obtenu",
        (State::New, false) => "new",
        (State::Same, true) => "inchangé",
        (State::Same, false) => "unchanged",
        (State::Kept, true) => "gardé",
        (State::Kept, false) => "kept",
        (State::Empty, true) => "aucun ici",
        (State::Empty, false) => "none here",
        (State::Missing, true) => "MANQUE",
        (State::Missing, false) => "MISSING",
    };
    let counted = match layer.state {
        State::Empty | State::Missing => String::new(),
        _ => {
            let what = if french { "objet" } else { "feature" };
            let s = if layer.features == 1 { "" } else { "s" };
            format!("{} {what}{s}, {}", layer.features, size(layer.bytes))
        }
    };
    let title = words(&layer.title, tongue);
    println!("  {state:10} {:36} {counted:26} {title}", layer.id);
    for note in &layer.notes {
        println!("             {}", words(note, tongue));
    }
    missing(&layer.missing, tongue);
}

fn missing(all: &[Missing], tongue: Tongue) {
    for one in all {
        println!("             ! {}", words(&one.reason, tongue));
        if !one.url.is_empty() {
            println!("               {}", one.url);
        }
        println!("               → {}", words(&one.remedy, tongue));
    }
}

fn words(label: &Label, tongue: Tongue) -> &str {
    match tongue {
        Tongue::French => &label.fr,
        Tongue::English => &label.en,
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// The program, as it was called.
fn program() -> String {
    std::env::args_os()
        .next()
        .map_or_else(|| "terril".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+".contains(c);
    if text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_serves_is_a_shells() {
        assert_eq!(quoted(Path::new("territoire-62737")), "territoire-62737");
        assert_eq!(quoted(Path::new("l'étang $x")), "'l'\\''étang $x'");
        assert_eq!((size(900), size(12_345_678)), ("1 kB".to_owned(), "12.3 MB".to_owned()));
    }
}
