//! Words as a shell takes them: what the commands are made of that people are shown to copy.

/// A parameter's setting, with the space before it.
pub fn setting(name: &str, value: &str) -> String {
    format!(" --set {}", quoted(&format!("{name}={value}")))
}

/// A word that a shell takes for one, and for nothing but what it says.
pub fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_./:=,@%+-".contains(letter);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        // Nothing escapes an apostrophe within apostrophes: they end, and begin again behind it.
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}
