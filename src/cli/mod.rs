//! The command line: arguments, configuration, progress; one file per command.
//!
//! The only place where configuration is read and checked; everything else is given values.

mod actors;
mod archivist;
mod args;
mod audits;
mod config;
mod derivations;
mod derived;
mod exposure;
mod get;
mod inspect;
mod joins;
mod keeper;
mod keys;
mod known;
mod load;
mod loading;
mod logs;
mod look;
mod memory;
mod opening;
mod reading;
mod serve;
mod signals;
mod state;
mod synth;
mod template;

use std::process::ExitCode;

use clap::Parser;

pub use config::{Config, ConfigError};

/// Runs the program: parses, does, and prints the chain of what went wrong.
#[must_use]
pub fn run() -> ExitCode {
    let args = args::Args::parse();
    match dispatch(args.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("terril: {error}");
            for cause in error.chain().skip(1) {
                eprintln!("  because: {cause}");
            }
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: args::Command) -> anyhow::Result<ExitCode> {
    match command {
        args::Command::Serve(args) => serve::run(args).map(|()| ExitCode::SUCCESS),
        args::Command::Inspect(args) => inspect::run(&args),
        args::Command::Load(args) => load::run(&args),
        args::Command::Get(args) => get::run(&args),
        args::Command::Synth(args) => synth::run(args).map(|()| ExitCode::SUCCESS),
        args::Command::LoadChild => Ok(code(crate::load::child::run())),
        args::Command::DeriveChild => Ok(code(crate::derive::child::run())),
        args::Command::Template(args) => template::run(&args).map(|()| ExitCode::SUCCESS),
    }
}

fn code(code: i32) -> ExitCode {
    u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from)
}
