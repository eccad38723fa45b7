//! Query parameters: read strictly, so that nothing is ignored in silence.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use percent_encoding::percent_decode_str;

use super::error::ApiError;

/// The parameters of a request, each to be taken once.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Params(Vec<(String, String)>);

impl Params {
    /// Reads a query, or a body in the same form.
    pub(super) fn read(query: &str) -> Result<Self, ApiError> {
        let mut read: Vec<(String, String)> = vec![];
        for pair in query.split('&').filter(|p| !p.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(name)?;
            if read.iter().any(|(known, _)| *known == name) {
                return Err(ApiError::parameter(
                    &name,
                    "stands more than once; give it once, with commas where it takes a list",
                ));
            }
            read.push((name, decode(value)?));
        }
        Ok(Self(read))
    }

    /// Parameters that were not in an address, each name once.
    pub(super) fn of(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// All that are left, in their order.
    pub(super) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// Takes a parameter's value.
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.remove(at).1)
    }

    /// A parameter's value, left in its place.
    pub(super) fn look(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, v)| v.as_str())
    }

    /// The names that are left.
    pub(super) fn names(&self) -> Vec<String> {
        self.0.iter().map(|(name, _)| name.clone()).collect()
    }

    /// Refuses what is left; `known` are the names that this route takes.
    pub(super) fn finish(&self, known: &[&str]) -> Result<(), ApiError> {
        match self.0.first() {
            None => Ok(()),
            Some((name, _)) => Err(unknown(name.clone(), known)),
        }
    }
}

/// The error for a parameter that is not known, with the nearest one that is.
pub(super) fn unknown(name: String, known: &[&str]) -> ApiError {
    let near = known
        .iter()
        .map(|k| (strsim::damerau_levenshtein(k, &name), *k))
        .filter(|(distance, k)| *distance <= k.len().max(name.chars().count()) / 2)
        .min();
    let hint = match near {
        _ if name == "query" => "; use filter=".to_owned(),
        Some((_, k)) => format!("; did you mean \"{k}\"?"),
        None if known.is_empty() => "; this address takes none".to_owned(),
        None => format!("; known are {}", known.join(", ")),
    };
    ApiError::UnknownParameter { name, hint }
}

fn decode(text: &str) -> Result<String, ApiError> {
    let spaced = text.replace('+', " ");
    match percent_decode_str(&spaced).decode_utf8() {
        Ok(decoded) => Ok(decoded.into_owned()),
        Err(_) => Err(ApiError::BadRequest(
            "the query is not UTF-8; encode it with percent signs",
        )),
    }
}

impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Self::read(parts.uri.query().unwrap_or_default())
    }
}

/// A number from text, in bounds.
pub(super) fn whole_number(name: &str, text: &str, low: u64) -> Result<u64, ApiError> {
    let wanted = || format!("\"{}\" is not a whole number of at least {low}", shortened(text));
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    // Digits beyond u64 are a very large number, not a wrong one.
    let number = if digits {
        text.parse().unwrap_or(u64::MAX)
    } else {
        return Err(ApiError::parameter(name, wanted()));
    };
    if number < low {
        return Err(ApiError::parameter(name, wanted()));
    }
    Ok(number)
}

/// Text from a request, short enough to be said back.
pub(super) fn shortened(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        format!("{short}…")
    } else {
        short
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_strictly() {
        let mut params = Params::read("a=1&b=x%20y+z&c").unwrap();
        assert_eq!(params.take("b").unwrap(), "x y z");
        assert_eq!(params.take("c").unwrap(), "");
        assert!(params.finish(&["b"]).is_err());
        assert!(Params::read("a=1&a=2").is_err());
        assert!(Params::read("a=%ff").is_err());
    }

    #[test]
    fn an_unknown_parameter_names_the_nearest() {
        let text = unknown("limt".into(), &["limit", "bbox"]).to_string();
        assert_eq!(text, "parameter \"limt\" is not known here; did you mean \"limit\"?");
        assert!(unknown("query".into(), &[]).to_string().contains("filter="));
    }

    #[test]
    fn whole_numbers_have_bounds() {
        assert_eq!(whole_number("limit", "1000000000", 1).unwrap(), 1_000_000_000);
        assert_eq!(whole_number("limit", "99999999999999999999999", 1).unwrap(), u64::MAX);
        for bad in ["0", "-1", "ten", "", "1.5", "+5"] {
            assert!(whole_number("limit", bad, 1).is_err(), "{bad}");
        }
    }
}
