//! Arguments. Every option of `serve` can also stand in `terril.toml` or as `TERRIL_…`; the command
//! line wins, then the environment, then the file.

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args as ClapArgs, Parser, Subcommand};

use super::get::GetArgs;
use super::load::LoadArgs;
use super::synth::SynthArgs;
use super::template::TemplateArgs;

/// Turns the land of a territory into answers, vector tiles and a map.
#[derive(Debug, Parser)]
#[command(name = "terril", version, about)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Serve files and folders: a map at /, OGC API Features, vector tiles
    Serve(ServeArgs),
    /// Print what would be loaded: layers, counts, CRS, extent, fields, faults
    Inspect(InspectArgs),
    /// Read sources ahead of serving them, or check them: every fault, and a status for scripts
    Load(LoadArgs),
    /// Bring open data into a folder: communes, cadastre, QPV, PLU, mining basin
    Get(GetArgs),
    /// Make a fictive cadastre for tests and benchmarks
    Synth(SynthArgs),
    /// Write a table for landlords to fill: reserves, operations or candidats
    Template(TemplateArgs),
    /// Load one source; started by the server, not by people
    #[command(hide = true)]
    LoadChild,
    /// Make one layer of others; started by the server, not by people
    #[command(hide = true)]
    DeriveChild,
}

#[derive(Debug, ClapArgs)]
pub(super) struct ServeArgs {
    /// Folders, files or patterns (such as "data/*.gpkg")
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Configuration [default: terril.toml in the folders named]
    #[arg(long, env = "TERRIL_CONFIG", value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Address to listen on [default: 127.0.0.1]
    #[arg(long, env = "TERRIL_HOST")]
    pub(super) host: Option<String>,
    /// Port to listen on, 0 for any free one [default: 8080]
    #[arg(long, env = "TERRIL_PORT")]
    pub(super) port: Option<u16>,
    /// Folder for base files and edits [default: the user's state folder, one per set of sources]
    #[arg(long, env = "TERRIL_STATE", value_name = "FOLDER")]
    pub(super) state: Option<PathBuf>,
    /// Memory for layers, such as 4GB or 500MB [default: 60 % of the machine's]
    #[arg(long, env = "TERRIL_MEMORY", value_name = "SIZE")]
    pub(super) memory: Option<String>,
    /// Look at the sources each second and load those that changed; SIGHUP does it once
    #[arg(long, env = "TERRIL_WATCH", value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(super) watch: Option<bool>,
    /// Versions of each layer that are kept to be read again, 0 to 100 [default: 10]
    #[arg(long, env = "TERRIL_VERSIONS", value_name = "NUMBER")]
    pub(super) versions: Option<usize>,
    /// The address that links start with, behind a proxy
    #[arg(long, env = "TERRIL_PUBLIC_URL", value_name = "URL")]
    pub(super) public_url: Option<String>,
    /// Proxies whose Forwarded and X-Forwarded headers make the links, such as 127.0.0.1,10.0.0.0/8
    #[arg(long, env = "TERRIL_TRUST_PROXY", value_name = "ADDRESSES")]
    pub(super) trust_proxy: Option<String>,
    /// The administrator's token, for POST /loads; better as a variable, which no list of processes shows
    #[arg(long, env = "TERRIL_ADMIN_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    pub(super) admin_token: Option<String>,
    /// Layers that may be served beyond this machine although they have owner or price fields
    #[arg(long, env = "TERRIL_PUBLIC", value_name = "LAYERS", value_delimiter = ',')]
    pub(super) public: Vec<String>,
    /// Memory that reading one source may take, such as 2GB
    #[arg(long, env = "TERRIL_LOAD_MEMORY", value_name = "SIZE")]
    pub(super) load_memory: Option<String>,
    /// Seconds that reading one source may take
    #[arg(long, env = "TERRIL_LOAD_TIMEOUT", value_name = "SECONDS")]
    pub(super) load_timeout: Option<u64>,
}

#[derive(Debug, ClapArgs)]
pub(super) struct InspectArgs {
    /// Folders, files or patterns
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Configuration [default: terril.toml in the folders named]
    #[arg(long, env = "TERRIL_CONFIG", value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// As JSON
    #[arg(long)]
    pub(super) json: bool,
    /// The reader of GeoJSON: auto (ours) or gdal; both give the same
    #[arg(long, default_value = "auto", value_parser = ["auto", "gdal"])]
    pub(super) reader: String,
}
