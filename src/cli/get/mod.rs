//! `terril get`: open data into a folder, with bars, and the line that serves it.

mod list;
mod told;

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;

use anyhow::{Context, bail};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::get::catalogue::Catalogue;
use crate::get::{self, Event, Request};

/// Bring open data into a folder that can be served.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  terril get list\n  terril get territoire 62737\n  \
    terril get territoire 62737 62498 -o lens --without plu-zones\n  terril get plu-zones-wfs 62737 -o territoire-62737")]
pub struct GetArgs {
    /// What: `list`, a set such as `territoire`, or an entry of the catalogue
    #[arg(value_name = "WHAT")]
    pub what: String,
    /// Communes, by INSEE code
    #[arg(value_name = "COMMUNE")]
    pub communes: Vec<String>,
    /// Folder to write to [default: the set or entry with the first commune]
    #[arg(short, long, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
    /// Entries or sets besides
    #[arg(long, value_name = "ENTRIES", value_delimiter = ',')]
    pub with: Vec<String>,
    /// Entries to leave out
    #[arg(long, value_name = "ENTRIES", value_delimiter = ',')]
    pub without: Vec<String>,
    /// The communes named alone, without those that touch them
    #[arg(long)]
    pub alone: bool,
    /// A value of an address, such as millesime=2026-07-01
    #[arg(long, value_name = "NAME=VALUE")]
    pub param: Vec<String>,
    /// A catalogue of your own, whose entries add to those that are known
    #[arg(long, value_name = "FILE")]
    pub catalogue: Vec<PathBuf>,
    /// A server that holds https://HOST/PATH at URL/HOST/PATH
    #[arg(long, value_name = "URL")]
    pub mirror: Option<String>,
    /// End as failed where anything is missing
    #[arg(long)]
    pub strict: bool,
    /// Language of what is said: fr or en [default: that of the environment]
    #[arg(long, value_parser = ["fr", "en"])]
    pub lang: Option<String>,
}

/// Whether people are told in French.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tongue {
    French,
    English,
}

/// Runs the command. It fails where nothing came; with `--strict`, where anything is missing.
///
/// # Errors
/// A catalogue that is wrong, a name that is not in it, a folder that can't be written.
pub fn run(args: &GetArgs) -> anyhow::Result<ExitCode> {
    let tongue = tongue(args.lang.as_deref(), |name| std::env::var(name).ok());
    let catalogue = catalogue(&args.catalogue)?;
    if args.what == "list" {
        // Somebody who reads the beginning only (`| head`) has read enough.
        let _ = std::io::stdout().write_all(list::text(&catalogue, tongue).as_bytes());
        return Ok(ExitCode::SUCCESS);
    }
    let request = request(args, catalogue)?;
    let bars = Bars::default();
    let outcome = get::run(&request, &|event| bars.show(event))?;
    bars.all.clear()?;
    told::print(&request, &outcome, tongue);
    let failed = !outcome.has_any() || (args.strict && !outcome.is_whole());
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn catalogue(files: &[PathBuf]) -> anyhow::Result<Catalogue> {
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).with_context(|| format!("{} can't be read", path.display()))?;
        anyhow::Ok((path.display().to_string(), text))
    };
    let others: Vec<(String, String)> = files.iter().map(read).collect::<Result<_, _>>()?;
    Ok(Catalogue::with(&others)?)
}

fn request(args: &GetArgs, catalogue: Catalogue) -> anyhow::Result<Request> {
    let mut entries = vec![];
    for name in std::iter::once(&args.what).chain(&args.with) {
        let found = named(&catalogue, name)?;
        entries.extend(found.into_iter().filter(|id| !entries.contains(id)).collect::<Vec<_>>());
    }
    for name in &args.without {
        let left_out = named(&catalogue, name)?;
        entries.retain(|id| !left_out.contains(id));
    }
    if entries.is_empty() {
        bail!("nothing is left to bring: --without leaves out every entry");
    }
    let mut parameters = BTreeMap::new();
    let mut communes = args.communes.clone();
    for param in &args.param {
        let Some((name, value)) = param.split_once('=') else {
            bail!("--param \"{param}\" has no value; write --param name=value")
        };
        match name {
            "commune" => communes.push(value.to_owned()),
            _ => drop(parameters.insert(name.to_owned(), value.to_owned())),
        }
    }
    let is_set = catalogue.set(&args.what).next().is_some();
    if is_set && communes.is_empty() {
        bail!(
            "name a commune by its INSEE code, such as: terril get {} 62737",
            args.what
        );
    }
    if let Some(url) = args
        .mirror
        .as_ref()
        .filter(|m| !m.starts_with("http://") && !m.starts_with("https://"))
    {
        bail!("--mirror \"{url}\" is no address; write http://host/path");
    }
    let default = || {
        let place = communes.first().map_or_else(String::new, |code| format!("-{code}"));
        PathBuf::from(format!("{}{place}", args.what))
    };
    Ok(Request {
        entries,
        neighbours: is_set && !args.alone,
        parameters,
        folder: args.output.clone().unwrap_or_else(default),
        mirror: args.mirror.clone(),
        communes,
        catalogue,
    })
}

/// The entries of a name: its own, or those of the set.
fn named(catalogue: &Catalogue, name: &str) -> anyhow::Result<Vec<String>> {
    if catalogue.entries.contains_key(name) {
        return Ok(vec![name.to_owned()]);
    }
    let set: Vec<String> = catalogue.set(name).map(|(id, _)| id.clone()).collect();
    if set.is_empty() {
        return Err(get::GetError::Unknown(name.to_owned(), catalogue.nearest(name).to_owned()).into());
    }
    Ok(set)
}

/// French where it is asked for, or the environment says so.
fn tongue(asked: Option<&str>, variable: impl Fn(&str) -> Option<String>) -> Tongue {
    let set = |name: &&str| variable(name).filter(|v| !v.is_empty());
    let environment = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(set);
    let text = asked.map(str::to_owned).or(environment).unwrap_or_default();
    if text.starts_with("fr") {
        Tongue::French
    } else {
        Tongue::English
    }
}

/// A bar for each address that is asked.
#[derive(Default)]
struct Bars {
    all: MultiProgress,
    of: Mutex<HashMap<String, ProgressBar>>,
}

impl Bars {
    fn show(&self, event: Event<'_>) {
        let Ok(mut bars) = self.of.lock() else { return };
        match event {
            Event::Asking(url) => {
                let bar = ProgressBar::no_length().with_message(url.to_owned());
                bar.set_style(style("{bytes:>12} {msg}"));
                bars.insert(url.to_owned(), self.all.add(bar));
            }
            Event::Bytes { url, got, total } => {
                let Some(bar) = bars.get(url) else { return };
                if let Some(total) = total.filter(|t| bar.length() != Some(*t)) {
                    bar.set_length(total);
                    bar.set_style(style("{bar:20} {bytes:>12}/{total_bytes} {msg}"));
                }
                bar.set_position(got);
            }
            Event::Answered(url) => {
                if let Some(bar) = bars.remove(url) {
                    bar.finish_and_clear();
                    self.all.remove(&bar);
                }
            }
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        get: GetArgs,
    }

    fn asked(line: &[&str]) -> anyhow::Result<Request> {
        let args = Line::parse_from(std::iter::once(&"get").chain(line)).get;
        request(&args, Catalogue::with(&[])?)
    }

    #[test]
    fn a_line_becomes_a_request() {
        let request = asked(&[
            "territoire",
            "62737",
            "--without",
            "cadastre,epci",
            "--with",
            "plu-zones-wfs",
        ])
        .unwrap();
        assert!(request.neighbours);
        assert_eq!(request.folder, PathBuf::from("territoire-62737"));
        assert!(request.entries.contains(&"qpv".into()) && request.entries.contains(&"plu-zones-wfs".into()));
        assert!(!request.entries.iter().any(|e| e.starts_with("cadastre") || e == "epci"));
        let one = asked(&[
            "cadastre-parcelles",
            "--param",
            "commune=2A004",
            "--param",
            "millesime=x",
            "-o",
            "d",
        ])
        .unwrap();
        assert_eq!((one.communes, one.neighbours), (vec!["2A004".to_owned()], false));
        assert_eq!(one.parameters["millesime"], "x");
    }

    #[test]
    fn a_wrong_line_says_what_to_write() {
        let says = |line: &[&str], expected: &str| {
            let error = asked(line).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        };
        says(&["territory", "62737"], "did you mean \"territoire\"");
        says(&["territoire"], "terril get territoire 62737");
        says(&["qpv", "62737", "--param", "x"], "--param name=value");
        says(&["qpv", "62737", "--without", "qpv"], "nothing is left");
        says(&["qpv", "62737", "--mirror", "m.fr"], "no address");
    }

    #[test]
    fn people_are_told_in_their_language() {
        let french = |name: &str| (name == "LANG").then(|| "fr_FR.UTF-8".to_owned());
        assert_eq!(tongue(None, french), Tongue::French);
        assert_eq!(tongue(Some("en"), french), Tongue::English);
        assert_eq!(tongue(None, |_| None), Tongue::English);
    }
}
