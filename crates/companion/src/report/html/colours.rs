//! The colours of a report: those of the page, out of its own style sheet, so that the two cannot differ.

const PAGE: &str = include_str!("../../../../../web/style/base.css");

/// Both sets of colours as a style sheet; a browser says which of them a person likes.
pub fn style() -> String {
    let (light, dark) = (block(":root {"), block(":root[data-scheme=\"dark\"] {"));
    format!(":root {{{light}}}\n\n@media (prefers-color-scheme: dark) {{\n:root {{{dark}}}\n}}\n")
}

/// What stands in the page's style sheet between `opening` and the brace that closes it.
fn block(opening: &str) -> &'static str {
    let behind = PAGE.split_once(opening).map_or("", |(_, behind)| behind);
    behind.split_once('}').map_or("", |(inside, _)| inside)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The names before a colon, or within `var(…)`, that begin with two dashes.
    fn names<'t>(text: &'t str, before: &str, behind: char) -> BTreeSet<&'t str> {
        let behind_each = text.split(before).skip(1);
        behind_each.filter_map(|text| text.split_once(behind)).map(|(name, _)| name).collect()
    }

    #[test]
    fn every_colour_that_a_report_uses_is_the_pages_in_light_and_dark() {
        let used = names(include_str!("page.css"), "var(--", ')');
        assert!(used.len() > 12, "{used:?}");
        let light = names(block(":root {"), "\n  --", ':');
        let dark = names(block(":root[data-scheme=\"dark\"] {"), "\n  --", ':');
        let shapes = BTreeSet::from(["mono", "radius", "radius-small"]);
        assert_eq!(used.difference(&light).collect::<Vec<_>>(), [&""; 0]);
        assert_eq!(light.difference(&dark).copied().collect::<BTreeSet<_>>(), shapes);
    }
}
