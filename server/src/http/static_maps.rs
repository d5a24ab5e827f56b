//! Maps as pictures, for reports and clients that draw none.

use actix_web::http::header::HeaderValue;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use xxhash_rust::xxh3::xxh3_128;

use super::coding::Coding;
use super::openapi::{Binary, Missing, PageLanguage, Refused};
use super::respond::{Answer, tagged};
use super::styles::language;
use crate::cache::Key;
use crate::error::ApiError;
use crate::figure::{self, FigureError, Place, Size};
use crate::state::AppState;

const PNG: HeaderValue = HeaderValue::from_static("image/png");

/// A map as a picture, drawn from the true geometry
#[utoipa::path(
    get, path = "/static/{style}/{view}/{size}", tag = "styles",
    params(
        ("style" = String, Path, description = "As the catalog lists them", example = "auto"),
        ("view" = String, Path, description = "lon,lat,zoom of the middle: degrees, and a zoom from 0 to 22",
            pattern = r"^-?(180(\.0*)?|(1[0-7][0-9]|[0-9]{1,2})(\.[0-9]*)?),-?(85(\.0*)?|([0-7]?[0-9]|8[0-4])(\.[0-9]*)?),(22(\.0*)?|([01]?[0-9]|2[01])(\.[0-9]*)?)$", example = "116.08,43.94,12"),
        ("size" = String, Path, description = "Width and height from 1 to 2048, doubled by `@2x`: 800x600.png, 800x600@2x.png",
            pattern = r"^([1-9][0-9]{0,2}|1[0-9]{3}|20[0-3][0-9]|204[0-8])x([1-9][0-9]{0,2}|1[0-9]{3}|20[0-3][0-9]|204[0-8])(@2x)?\.png$", example = "400x300.png"),
        ("lang" = inline(Option<PageLanguage>), Query, description = "Of words on the map that are not data; Chinese unless said otherwise"),
    ),
    responses((status = 200, description = "The map", body = Binary, content_type = "image/png"), Refused, Missing)
)]
pub(super) async fn map(
    request: HttpRequest,
    path: Path<(String, String, String)>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let generation = state.generation();
    let (style, view, size) = path.into_inner();
    let (Some(place), Some(picture)) = (Place::parse(&view), Size::parse(&size)) else {
        let why = "a map is /static/{style}/{lon},{lat},{zoom}/{width}x{height}.png or …@2x.png: lon within ±180, lat within ±85, zoom 0 to 22, width and height 1 to 2048";
        return Err(ApiError::BadMap(why.to_owned()));
    };
    let language = language(&request)?;
    let own = state.own_styles.styles();
    // A style of the project's own changes without a new generation.
    let version = own.iter().find(|own| own.id == style).map_or(0, |own| xxh3_128(own.style.to_string().as_bytes()));
    let key = Key::Picture {
        generation: generation.id().to_owned(),
        style: style.clone(),
        view: format!("{view}/{size}/{language:?}/{version:x}"),
    };
    let bytes = match state.computed.known(&key).await {
        Some(bytes) => bytes,
        None => {
            let style = figure::style(&generation, &own, &style, language).map_err(refused)?;
            let _turn = state.drawing.acquire().await.map_err(ApiError::internal)?;
            let generation = generation.clone();
            let draw = move || {
                let drawn = figure::picture(&generation, &style, place, picture);
                drawn.map(Bytes::from).map_err(ApiError::internal)
            };
            state.computed.get(key, draw).await?
        }
    };
    let answer = Answer { mime: PNG, ..Answer::json(&state, &generation) };
    let etag = tagged(xxh3_128(&bytes), Coding::Identity);
    Ok(answer.uncoded(request.headers(), bytes, &etag))
}

fn refused(error: FigureError) -> ApiError {
    match error {
        FigureError::UnknownStyle { asked, nearest, .. } => ApiError::UnknownMap { asked, nearest },
        // Ours can be read: it is one of the project's own.
        FigureError::Style(cause) => ApiError::BadMap(format!("the style cannot be drawn: {cause}")),
        other => ApiError::internal(other),
    }
}
