//! The `terril` program: parses, calls the library, prints the error chain.

fn main() -> std::process::ExitCode {
    terril::cli::run()
}
