//! `terril synth`: writes a fictive cadastre to a file.
//!
//! In: arguments. Out: one file, whose format is that of its extension, written aside and renamed when whole. Nothing is read.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};

use crate::synth::{self, Fabric, SynthParams};

/// Make a fictive cadastre of any size, the same for the same seed.
#[derive(Debug, clap::Args)]
pub struct SynthArgs {
    /// How many parcels
    #[arg(long, default_value_t = 10_000)]
    pub parcels: u64,
    /// What all draws depend on
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Kind of ground: suburb, town, rural or mixed
    #[arg(long, default_value_t = Fabric::Mixed)]
    pub fabric: Fabric,
    /// South-western corner: longitude,latitude in degrees
    #[arg(long, value_name = "LON,LAT", allow_hyphen_values = true)]
    pub origin: Option<String>,
    /// Code from which communes are counted; parcel ids have the prefix 999 in any case
    #[arg(long, value_name = "CODE")]
    pub commune: Option<String>,
    /// File to write: .fgb (FlatGeobuf), .geojson or .geojsons (text sequence)
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
}

#[derive(Debug, Clone, Copy)]
enum Format {
    FlatGeobuf,
    GeoJson,
    GeoJsonSeq,
}

impl Format {
    fn of(path: &Path) -> anyhow::Result<Self> {
        match path.extension().and_then(|e| e.to_str()) {
            Some("fgb") => Ok(Self::FlatGeobuf),
            Some("geojson") => Ok(Self::GeoJson),
            Some("geojsons" | "geojsonseq") => Ok(Self::GeoJsonSeq),
            _ => bail!("{}: the extension must be .fgb, .geojson or .geojsons", path.display()),
        }
    }
}

/// Runs the command.
///
/// # Errors
/// Arguments that make no territory, an unknown extension, a destination that can't be written.
pub fn run(args: SynthArgs) -> anyhow::Result<()> {
    let format = Format::of(&args.output)?;
    let mut params = SynthParams::new(args.parcels, args.seed, args.fabric)?;
    if let Some(text) = &args.origin {
        let (lon, lat) = origin(text)?;
        params = params.from_corner(lon, lat)?;
    }
    if let Some(code) = &args.commune {
        params = params.from_commune(code)?;
    }
    let aside = aside(&args.output)?;
    let written = write(&params, format, &aside)
        .with_context(|| format!("writing {}", aside.display()))
        .and_then(|()| fs::rename(&aside, &args.output).with_context(|| format!("naming {}", args.output.display())));
    if written.is_err() {
        // What is left of a failed write is of no use; the failure itself is what is reported.
        let _ = fs::remove_file(&aside);
    }
    written
}

fn origin(text: &str) -> anyhow::Result<(f64, f64)> {
    let parse = |s: &str| s.trim().parse::<f64>().ok();
    match text.split_once(',').map(|(lon, lat)| (parse(lon), parse(lat))) {
        Some((Some(lon), Some(lat))) => Ok((lon, lat)),
        _ => bail!("--origin {text:?}: two numbers are needed, longitude,latitude, such as 2.7,50.44"),
    }
}

/// The name beside the destination under which the file is written.
fn aside(output: &Path) -> anyhow::Result<PathBuf> {
    let Some(name) = output.file_name() else {
        bail!("{}: not a file name", output.display())
    };
    let mut part = name.to_owned();
    part.push(".part");
    Ok(output.with_file_name(part))
}

fn write(params: &SynthParams, format: Format, path: &Path) -> anyhow::Result<()> {
    let file = File::create(path)?;
    let bar = ProgressBar::new(params.parcels());
    // Hidden by itself where standard error is not a terminal.
    bar.set_style(ProgressStyle::with_template(
        "{bar:40} {human_pos}/{human_len} parcels, {eta} left",
    )?);
    let parcels = bar.wrap_iter(synth::parcels(params));
    match format {
        Format::FlatGeobuf => synth::write_flatgeobuf(parcels, params.parcels(), &file)?,
        Format::GeoJson => synth::write_geojson(parcels, BufWriter::new(&file))?,
        Format::GeoJsonSeq => synth::write_geojsonseq(parcels, BufWriter::new(&file))?,
    }
    file.sync_all()?;
    Ok(())
}
