//! The `terril` program: parses, calls the library, prints the error chain.

#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    terril::cli::run()
}
