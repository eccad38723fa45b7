//! Bytes made an answer: ETag, conditional requests, compression.
//!
//! The ETag is the hash of the bytes before compression, with the encoding's name: strong for each
//! representation. Small bodies are not compressed.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;

use super::error::ApiError;

/// Smaller bodies are sent as they are: compressing would save less than a packet.
const MIN_COMPRESSED_BYTES: usize = 860;

/// Of libdeflate: the first that compresses; more costs more than the tile itself.
const GZIP_LEVEL: i32 = 1;

/// How long an answer may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// Kept, but asked again each time.
    Revalidate,
    /// Never changes: its address carries the version.
    Immutable,
}

/// Content codings, in the order of our preference: cost first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Zstd,
    Gzip,
    Brotli,
    Identity,
}

impl Coding {
    const PREFERRED: [Self; 4] = [Self::Zstd, Self::Gzip, Self::Brotli, Self::Identity];

    fn name(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
            Self::Brotli => "br",
            Self::Identity => "identity",
        }
    }
}

/// An answer with a body.
pub(super) fn bytes(request: &HeaderMap, kind: &'static str, keep: Keep, body: Vec<u8>) -> Result<Response, ApiError> {
    let tag = strong_tag(&body);
    tagged(request, kind, keep, body, &tag)
}

/// An answer whose last bytes tell the time: its tag is weak and made of what stands before them, so
/// that an unchanged answer is known again (RFC 9110, 8.8.1).
pub(super) fn timed(
    request: &HeaderMap,
    kind: &'static str,
    mut body: Vec<u8>,
    time: &[u8],
) -> Result<Response, ApiError> {
    let tag = format!("W/{}", strong_tag(&body));
    body.extend_from_slice(time);
    tagged(request, kind, Keep::Revalidate, body, &tag)
}

fn strong_tag(body: &[u8]) -> String {
    format!("\"{}\"", &blake3::hash(body).to_hex()[..20])
}

fn tagged(request: &HeaderMap, kind: &'static str, keep: Keep, body: Vec<u8>, tag: &str) -> Result<Response, ApiError> {
    let coding = choose(request, body.len())?;
    let etag = if coding == Coding::Identity {
        tag.to_owned()
    } else {
        format!("{}-{}\"", tag.trim_end_matches('"'), coding.name())
    };
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(match keep {
            Keep::Revalidate => "no-cache",
            Keep::Immutable => "public, max-age=31536000, immutable",
        }),
    );
    let fresh = is_fresh(request, &etag);
    if let Ok(value) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, value);
    }
    if fresh {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return Ok(response);
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if coding != Coding::Identity {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
    }
    *response.body_mut() = Body::from(compress(coding, body)?);
    Ok(response)
}

/// An answer of JSON.
pub(super) fn json(request: &HeaderMap, kind: &'static str, value: &serde_json::Value) -> Result<Response, ApiError> {
    bytes(
        request,
        kind,
        Keep::Revalidate,
        serde_json::to_vec(value).map_err(|_| ApiError::Internal)?,
    )
}

/// An answer without a body: nothing is here, and that is right.
pub(super) fn empty(keep: Keep) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let kept = match keep {
        Keep::Revalidate => "no-cache",
        Keep::Immutable => "public, max-age=31536000, immutable",
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
    response
}

fn is_fresh(request: &HeaderMap, etag: &str) -> bool {
    let listed = request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|v| v.to_str().ok());
    listed.flat_map(|v| v.split(',')).any(|tag| {
        let tag = tag.trim();
        tag == "*" || opaque(tag) == opaque(etag)
    })
}

/// The tag without its mark of weakness: `If-None-Match` compares weakly (RFC 9110, 13.1.2).
fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

fn choose(request: &HeaderMap, length: usize) -> Result<Coding, ApiError> {
    let accepted = qualities(request, &header::ACCEPT_ENCODING);
    let quality = |coding: Coding| {
        let named = |name: &str| accepted.iter().find(|(n, _)| n == name).map(|(_, q)| *q);
        let other = if coding == Coding::Identity { 0.001 } else { 0.0 };
        let star = if accepted.is_empty() { None } else { named("*") };
        named(coding.name()).or(star).unwrap_or(other)
    };
    if length < MIN_COMPRESSED_BYTES && quality(Coding::Identity) > 0.0 {
        return Ok(Coding::Identity);
    }
    // The first of the best: a later one has to be strictly better.
    let best = Coding::PREFERRED
        .into_iter()
        .map(|c| (quality(c), c))
        .reduce(|a, b| if b.0 > a.0 { b } else { a });
    match best {
        Some((q, coding)) if q > 0.0 => Ok(coding),
        _ => Err(ApiError::NotAcceptable(
            "no encoding is acceptable to the client; accept gzip, br, zstd or identity",
        )),
    }
}

/// The members of a list header with their q-values, names in lower case.
pub(super) fn qualities(request: &HeaderMap, name: &HeaderName) -> Vec<(String, f32)> {
    let values = request.get_all(name).iter().filter_map(|v| v.to_str().ok());
    let member = |text: &str| {
        let mut parts = text.split(';').map(str::trim);
        let name = parts.next().filter(|n| !n.is_empty())?.to_ascii_lowercase();
        let q = parts
            .find_map(|p| p.strip_prefix("q="))
            .map_or(Some(1.0), |q| q.parse::<f32>().ok())?;
        Some((name, q.clamp(0.0, 1.0)))
    };
    values.flat_map(|v| v.split(',')).filter_map(member).collect()
}

fn compress(coding: Coding, body: Vec<u8>) -> Result<Vec<u8>, ApiError> {
    match coding {
        Coding::Identity => Ok(body),
        Coding::Zstd => zstd::bulk::compress(&body, 1).map_err(|_| ApiError::Internal),
        Coding::Gzip => {
            let mut compressor = libdeflater::Compressor::new(
                libdeflater::CompressionLvl::new(GZIP_LEVEL).map_err(|_| ApiError::Internal)?,
            );
            let mut packed = vec![0; compressor.gzip_compress_bound(body.len())];
            let length = compressor
                .gzip_compress(&body, &mut packed)
                .map_err(|_| ApiError::Internal)?;
            packed.truncate(length);
            Ok(packed)
        }
        Coding::Brotli => {
            let mut packed = Vec::with_capacity(body.len() / 3);
            let params = brotli::enc::BrotliEncoderParams {
                quality: 4,
                ..Default::default()
            };
            brotli::BrotliCompress(&mut body.as_slice(), &mut packed, &params).map_err(|_| ApiError::Internal)?;
            Ok(packed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codings_are_chosen_by_quality_then_cost() {
        let check = |accept: &str, expected: Option<&str>| {
            let mut headers = HeaderMap::new();
            if !accept.is_empty() {
                headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_str(accept).unwrap());
            }
            assert_eq!(choose(&headers, 10_000).ok().map(Coding::name), expected, "{accept}");
        };
        check("", Some("identity"));
        check("gzip, deflate, br, zstd", Some("zstd"));
        check("gzip;q=0.5, br", Some("br"));
        check("gzip;q=0", Some("identity"));
        check("identity;q=0, gzip", Some("gzip"));
        check("identity;q=0", None);
        check("*;q=0", None);
        check("*", Some("zstd"));
        check("deflate", Some("identity"));
    }
}
