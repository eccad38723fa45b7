//! Keys that are not known are refused, with the nearest that is.

use toml::Table;

use super::config::ConfigError;

/// Checks the keys of a table.
///
/// # Errors
/// The first key that is not among `known`.
pub(super) fn check(table: &Table, place: &str, known: &[&str]) -> Result<(), ConfigError> {
    match table.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => Err(unknown(&format!("{place}{key}"), key, known)),
    }
}

/// Checks that every `TERRIL_…` variable is one that means something.
///
/// # Errors
/// The first that does not.
pub(super) fn check_environment(names: impl Iterator<Item = String>) -> Result<(), ConfigError> {
    const KNOWN: [&str; 13] = [
        "TERRIL_CONFIG",
        "TERRIL_HOST",
        "TERRIL_PORT",
        "TERRIL_STATE",
        "TERRIL_MEMORY",
        "TERRIL_WATCH",
        "TERRIL_VERSIONS",
        "TERRIL_PUBLIC_URL",
        "TERRIL_TRUST_PROXY",
        "TERRIL_PUBLIC",
        "TERRIL_ADMIN_TOKEN",
        "TERRIL_LOAD_MEMORY",
        "TERRIL_LOAD_TIMEOUT",
    ];
    // The project's own tests say where things are with these.
    const OF_TESTS: [&str; 5] = [
        "TERRIL_SHARED",
        "TERRIL_BIN",
        "TERRIL_URL",
        "TERRIL_GOLDEN",
        "TERRIL_REAL",
    ];
    let known = |name: &String| KNOWN.contains(&name.as_str()) || OF_TESTS.contains(&name.as_str());
    match names
        .filter(|name| name.starts_with("TERRIL_"))
        .find(|name| !known(name))
    {
        None => Ok(()),
        Some(name) => Err(unknown(&name, &name, &KNOWN)),
    }
}

fn unknown(place: &str, key: &str, known: &[&str]) -> ConfigError {
    let nearest = known
        .iter()
        .min_by_key(|k| strsim::damerau_levenshtein(k, key))
        .copied()
        .unwrap_or_default();
    ConfigError::UnknownKey {
        key: place.to_owned(),
        nearest: nearest.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_names_the_nearest() {
        let table: Table = "titel = 1".parse().unwrap();
        let error = check(&table, "layer.x.", &["title", "role"]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"layer.x.titel\" is not a key of terril.toml; did you mean \"title\"?"
        );
        let error = check_environment(["TERRIL_PROT".to_owned()].into_iter()).unwrap_err();
        assert!(error.to_string().contains("TERRIL_PORT"));
    }
}
