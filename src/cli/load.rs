//! `terril load`: base files ahead of serving, or, with `--check`, the report of the sources and a status for scripts.
//!
//! In: paths as `serve` takes them. Out: with `--check` the whole report, audits and joins included, as text, JSON, HTML
//! or CSV, and status 1 beyond the thresholds; nothing is kept. Without it, base files in the state folder, which the
//! next `serve` of the same paths opens at once. The reports are whole: who runs this owns the files, and public views
//! bind nobody here.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, bail};
use clap::ValueEnum;
use serde_json::{Value, json};

use super::config::Config;
use super::derivations::{Derivations, Due};
use super::reading::{self, Read, Scratch};
use super::state::State;
use crate::encode::report::{self, Entry};
use crate::load::cache::settle;
use crate::load::report::{Fault, FaultKind, LoadReport};
use crate::load::{LoadedLayer, Reader, sources};
use crate::model::layer::LayerId;
use crate::model::role::Language;
use crate::store::Catalog;

/// Faults of each layer that are printed as text; the other formats have all that are located.
const FAULTS_PRINTED: usize = 20;

/// Faults of each layer on the page that is written; beyond, JSON and CSV have them.
const FAULTS_ON_PAGE: usize = 2_000;

/// Read sources ahead of serving them, or check them.
#[derive(Debug, clap::Args)]
pub(super) struct LoadArgs {
    /// Folders, files or patterns (such as "data/*.gpkg")
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Configuration [default: terril.toml in the folders named]
    #[arg(long, env = "TERRIL_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder for base files [default: the user's state folder, one per set of sources]
    #[arg(long, env = "TERRIL_STATE", value_name = "FOLDER")]
    state: Option<PathBuf>,
    /// Report every fault and keep nothing; fails where a source is refused or a geometry lost
    #[arg(long)]
    check: bool,
    /// Fail where there are more faults than this in all
    #[arg(long, value_name = "N", requires = "check")]
    max_faults: Option<u64>,
    /// Fail where there are more faults of a kind than this, such as invalid-geometry=10
    #[arg(long, value_name = "KIND=N", requires = "check")]
    max: Vec<String>,
    /// Format of the report [default: by the extension of the file, else text]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Language of the report [default: that of the terminal]
    #[arg(long, value_enum)]
    lang: Option<Tongue>,
    /// File to write the report to
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Html,
    Csv,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Tongue {
    Fr,
    En,
}

/// Runs the command. Status 1 says that a source was refused or a threshold passed.
///
/// # Errors
/// A wrong configuration, no source, a threshold that is none, a file that can't be written.
pub(super) fn run(args: &LoadArgs) -> anyhow::Result<ExitCode> {
    let config = Config::find(args.config.as_deref(), &args.paths)?;
    let thresholds = Thresholds::of(args)?;
    let (paths, remotes) = config.addresses(&args.paths)?;
    let found = sources::find(&paths)?;
    let language = language(args.lang);
    let checked = if args.check {
        let scratch = Scratch::make()?;
        let remotes = remotes.with_downloads(scratch.0.join("downloads"));
        let read = reading::read(&found, &config, &remotes, &scratch.0, Reader::Auto);
        Checked::of(read, &config, &scratch.0, Audits::Run)?
    } else {
        let state = State::take(args.state.as_deref().or(config.state.as_deref()), &paths)?;
        let remotes = remotes.with_downloads(state.downloads());
        let read = reading::read(&found, &config, &remotes, &state.bases(), Reader::Auto);
        let checked = Checked::of(read, &config, &state.bases(), Audits::Leave)?;
        // They are marked as whole for the next start once they are on the disk.
        settle(None);
        let (layers, folder) = (checked.layers.len(), state.folder.display());
        eprintln!("{layers} layers are ready in {folder}: the next terril serve of these paths starts with them");
        checked
    };
    let reasons = thresholds.passed(&checked, language);
    write(args, &checked, &reasons, language)?;
    reasons.iter().for_each(|reason| eprintln!("terril: {reason}"));
    Ok(if reasons.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The language asked for, else that of the environment.
fn language(asked: Option<Tongue>) -> Language {
    let of_terminal = || {
        let set = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(std::env::var_os);
        set.is_some_and(|lang| lang.to_string_lossy().starts_with("fr"))
    };
    match asked {
        Some(Tongue::Fr) => Language::French,
        Some(Tongue::En) => Language::English,
        None if of_terminal() => Language::French,
        None => Language::English,
    }
}

/// Whether features are compared with each other, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audits {
    Run,
    Leave,
}

/// The reports of all layers.
struct Checked {
    layers: Vec<(LayerId, LoadReport)>,
    refused: Vec<String>,
    passed_over: Vec<String>,
}

impl Checked {
    fn of(read: Read, config: &Config, bases: &std::path::Path, audits: Audits) -> anyhow::Result<Self> {
        let Read {
            layers,
            mut refused,
            passed_over,
        } = read;
        let mut derivations = Derivations::default();
        let mut by_source: Vec<(PathBuf, Vec<(LoadedLayer, LayerId)>)> = vec![];
        for (source, layer, id) in layers {
            match by_source.last_mut().filter(|(last, _)| *last == source) {
                Some((_, layers)) => layers.push((layer, id)),
                None => by_source.push((source, vec![(layer, id)])),
            }
        }
        let mut reports: Vec<(LayerId, LoadedLayer)> = vec![];
        for (source, layers) in by_source {
            derivations.take(&source, &layers, config);
            reports.extend(layers.into_iter().map(|(layer, id)| (id, layer)));
        }
        for due in derivations.due(config, bases, &AtomicBool::new(false)) {
            match due {
                Due::Open(id, layer) => match reports.iter_mut().find(|(known, _)| *known == id) {
                    Some((_, known)) => *known = *layer,
                    None => reports.push((id, *layer)),
                },
                Due::Refuse(id, reason) => refused.push(format!("layer \"{id}\": {reason}")),
            }
        }
        let report = |(id, layer): (LayerId, LoadedLayer)| match audits {
            Audits::Leave => Ok((id, layer.report.without_folders())),
            Audits::Run => Ok((id.clone(), audited(id, layer, config)?)),
        };
        Ok(Self {
            layers: reports.into_iter().map(report).collect::<anyhow::Result<_>>()?,
            refused,
            passed_over,
        })
    }

    fn counts(&self) -> BTreeMap<FaultKind, u64> {
        let mut counts: BTreeMap<FaultKind, u64> = BTreeMap::new();
        for (kind, count) in self.layers.iter().flat_map(|(_, report)| &report.counts) {
            *counts.entry(*kind).or_default() += count;
        }
        counts
    }
}

/// The report of a layer once its features were compared with each other.
fn audited(id: LayerId, layer: LoadedLayer, config: &Config) -> anyhow::Result<LoadReport> {
    let mut info = config.info(id.clone(), &layer.directory.fields);
    info.public = None;
    let catalog = Catalog::default();
    catalog.open(info, &layer.base, layer.report)?;
    catalog.audit(&id, &|| true);
    let view = catalog
        .public_view(id.as_str())
        .context("a layer that was just opened is gone")?;
    Ok(LoadReport::clone(&view.report()))
}

/// Beyond what the command fails.
struct Thresholds {
    all: Option<u64>,
    kinds: BTreeMap<FaultKind, u64>,
}

impl Thresholds {
    fn of(args: &LoadArgs) -> anyhow::Result<Self> {
        let mut kinds = BTreeMap::new();
        for text in &args.max {
            let Some((name, most)) = text.split_once('=') else {
                bail!("--max {text}: write a kind of fault and a number, such as invalid-geometry=10");
            };
            let Some(kind) = FaultKind::parse(name.trim()) else {
                let known: Vec<String> = FaultKind::ALL.iter().map(|kind| kind.name()).collect();
                bail!(
                    "--max {text}: there is no kind of fault \"{name}\"; known are {}",
                    known.join(", ")
                );
            };
            let most = most.trim().parse();
            kinds.insert(
                kind,
                most.with_context(|| format!("--max {text}: no whole number stands after ="))?,
            );
        }
        Ok(Self {
            all: args.max_faults,
            kinds,
        })
    }

    /// Why the command fails; nothing where it does not.
    fn passed(&self, checked: &Checked, language: Language) -> Vec<String> {
        let french = language == Language::French;
        let counts = checked.counts();
        let mut reasons: Vec<String> = vec![];
        if !checked.refused.is_empty() {
            let n = checked.refused.len();
            reasons.push(if french {
                format!("{n} source(s) refusée(s)")
            } else {
                format!("{n} source(s) refused")
            });
        }
        for (kind, count) in &counts {
            // What is lost fails unless it is allowed for.
            let most = self.kinds.get(kind).copied().or(kind.is_loss().then_some(0));
            if let Some(most) = most.filter(|most| count > most) {
                let label = kind.words().label;
                let label = label.in_language(language);
                reasons.push(format!("{}: {count} > {most} ({label})", kind.name()));
            }
        }
        let all: u64 = counts.values().sum();
        if let Some(most) = self.all.filter(|most| all > *most) {
            let faults = if french { "anomalies" } else { "faults" };
            reasons.push(format!("{all} {faults} > {most}"));
        }
        reasons
    }
}

fn write(args: &LoadArgs, checked: &Checked, reasons: &[String], language: Language) -> anyhow::Result<()> {
    let by_extension = args.output.as_ref().and_then(|path| match path.extension()?.to_str()? {
        "json" => Some(Format::Json),
        "html" | "htm" => Some(Format::Html),
        "csv" => Some(Format::Csv),
        _ => None,
    });
    let format = args.format.or(by_extension).unwrap_or(Format::Text);
    let bytes = written(format, checked, reasons, language);
    match &args.output {
        Some(path) => {
            std::fs::write(path, bytes).with_context(|| format!("writing {}", path.display()))?;
            println!(
                "{}",
                String::from_utf8_lossy(&written(Format::Text, checked, reasons, language)).trim_end()
            );
        }
        None => {
            use std::io::Write;
            std::io::stdout().write_all(&bytes).context("writing the report")?;
        }
    }
    Ok(())
}

fn written(format: Format, checked: &Checked, reasons: &[String], language: Language) -> Vec<u8> {
    let most = match format {
        Format::Text => FAULTS_PRINTED,
        Format::Html => FAULTS_ON_PAGE,
        Format::Json | Format::Csv => usize::MAX,
    };
    let faults: Vec<Vec<&Fault>> = checked
        .layers
        .iter()
        .map(|(_, r)| r.faults.iter().take(most).collect())
        .collect();
    let with_faults = checked.layers.iter().zip(&faults);
    let entries: Vec<Entry<'_>> = with_faults
        .map(|((id, report), faults)| Entry {
            layer: id.as_str(),
            report,
            faults,
        })
        .collect();
    match format {
        Format::Json => document(&entries, checked, reasons),
        Format::Html => report::page(&entries, &checked.refused, language).into_bytes(),
        Format::Csv => report::table(&entries, None, language),
        Format::Text => {
            let french = language == Language::French;
            let mut lines: Vec<String> = entries
                .iter()
                .flat_map(|entry| report::lines(entry, language))
                .collect();
            let (refused, passed_over) = if french {
                ("refusé", "laissé de côté")
            } else {
                ("refused", "passed over")
            };
            lines.extend(checked.refused.iter().map(|r| format!("{refused}: {r}")));
            lines.extend(checked.passed_over.iter().map(|p| format!("{passed_over}: {p}")));
            lines.push(String::new());
            lines.join("\n").into_bytes()
        }
    }
}

fn document(entries: &[Entry<'_>], checked: &Checked, reasons: &[String]) -> Vec<u8> {
    let layer = |entry: &Entry<'_>| {
        json!({
            "collection": entry.layer,
            "report": report::summary(entry.report),
            "numberOfFaults": entry.report.counts.values().sum::<u64>(),
            "kinds": report::kinds(entry.report),
            "faults": entry.faults.iter().map(|fault| report::fault(fault)).collect::<Vec<Value>>(),
        })
    };
    let value = json!({
        "layers": entries.iter().map(layer).collect::<Vec<_>>(),
        "refused": checked.refused,
        "passedOver": checked.passed_over,
        "failed": reasons,
    });
    format!("{value:#}\n").into_bytes()
}
