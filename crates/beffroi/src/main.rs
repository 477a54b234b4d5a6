use std::process::ExitCode;

fn main() -> ExitCode {
    beffroi::cli::run()
}
