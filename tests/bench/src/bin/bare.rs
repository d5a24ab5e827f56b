//! The least that a server of tiles can be: bytes from memory, sent by the library we are built on.
//!
//! What it reaches is the limit of any handler; see `tests/bench/serve`.

use std::collections::HashMap;
use std::path::PathBuf;

use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use anyhow::{Context, Result};
use clap::Parser;
use tiler::{Archive, TileCoord};

/// As the binary `tuban` has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Serves some tiles of an archive from memory, on one thread.
#[derive(Parser)]
struct Args {
    /// Paths that end in /z/x/y, a line each.
    paths: PathBuf,
    /// Where their bytes are.
    archive: PathBuf,
    /// Address and port.
    listen: String,
}

type Answers = HashMap<String, Bytes>;

async fn answer(request: HttpRequest, answers: Data<Answers>) -> HttpResponse {
    match answers.get(request.path()) {
        Some(bytes) => HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, "application/vnd.mapbox-vector-tile"))
            .insert_header((CONTENT_ENCODING, "gzip"))
            .body(bytes.clone()),
        None => HttpResponse::NotFound().finish(),
    }
}

fn coord(path: &str) -> Option<TileCoord> {
    let mut numbers = path.rsplit('/').map(|part| part.parse().ok());
    let (y, x, z) = (numbers.next()??, numbers.next()??, numbers.next()??);
    TileCoord::new(u8::try_from(z).ok()?, x, y)
}

fn main() -> Result<()> {
    let args = Args::parse();
    let archive = Archive::open(&args.archive)?;
    let mut answers = Answers::new();
    for path in std::fs::read_to_string(&args.paths)?.lines() {
        let tile = coord(path)
            .map(|coord| archive.tile(coord))
            .transpose()?
            .flatten()
            .with_context(|| format!("no tile {path}"))?;
        answers.insert(path.to_owned(), Bytes::copy_from_slice(tile));
    }
    let answers = Data::new(answers);
    actix_web::rt::System::new().block_on(async {
        let app = move || App::new().app_data(answers.clone()).default_service(web::to(answer));
        HttpServer::new(app).workers(1).bind(&args.listen)?.run().await
    })?;
    Ok(())
}
