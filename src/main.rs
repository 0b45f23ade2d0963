//! The program: reads the command line, runs one command, and says what went wrong.

mod cli;

use std::process::ExitCode;

/// Rendering a page takes and gives back many small pieces of memory, which this does faster than the system's allocator:
/// 1.07 to 1.17 times the pages a second, in one run.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    match cli::run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("rapport: {message}");
            ExitCode::FAILURE
        }
    }
}
