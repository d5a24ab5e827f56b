//! Writes the demo city into the folder given: `cargo run -p layers --example write_demo -- DIR`.

fn main() -> Result<(), layers::demo::DemoError> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "demo".to_owned());
    layers::demo::write(std::path::Path::new(&folder)).map(|_| ())
}
