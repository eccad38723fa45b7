//! `terril template`: writes a table for landlords to fill.
//!
//! In: which one, and the language. Out: one XLSX file, written aside and renamed when whole.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, bail};

use crate::encode::workbook;
use crate::model::template::{self, Lang};

/// Write a table for landlords to fill: reserves, operations or candidats.
#[derive(Debug, clap::Args)]
pub struct TemplateArgs {
    /// Which: reserves, operations (of an asset plan) or candidats (sites for a competition)
    #[arg(value_name = "NAME", value_parser = ["reserves", "operations", "candidats"])]
    pub name: String,
    /// Language of headings, lists and help: fr or en
    #[arg(long, default_value = "fr", value_parser = ["fr", "en"])]
    pub lang: String,
    /// File to write: .xlsx
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// An extension other than `.xlsx`, a destination that can't be written.
pub fn run(args: &TemplateArgs) -> anyhow::Result<()> {
    let is_xlsx = args.output.extension().is_some_and(|e| e.eq_ignore_ascii_case("xlsx"));
    if !is_xlsx {
        bail!("{}: the extension must be .xlsx", args.output.display());
    }
    let (Some(template), Some(lang)) = (template::find(&args.name), Lang::of(&args.lang)) else {
        bail!("there is no template \"{}\" in \"{}\"", args.name, args.lang);
    };
    let bytes = workbook::template(template, lang)?;
    let mut aside = args.output.clone().into_os_string();
    aside.push(format!(".{}.part", std::process::id()));
    let aside = PathBuf::from(aside);
    let written = fs::write(&aside, bytes)
        .with_context(|| format!("writing {}", aside.display()))
        .and_then(|()| fs::rename(&aside, &args.output).with_context(|| format!("naming {}", args.output.display())));
    if written.is_err() {
        // What is left of a failed write is of no use; the failure itself is what is reported.
        let _ = fs::remove_file(&aside);
    }
    written
}
