//! Tables: the side that a column stands at.

/// Columns of tables to the side that they are to stand at, in the way that the cleaner and the page's policy let through. What was
/// typed shows as text: no such style comes from it.
pub(super) fn aligned(html: String) -> String {
    if !html.contains("style=\"text-align: ") {
        return html;
    }
    ["left", "center", "right"].iter().fold(html, |html, side| {
        html.replace(&format!(" style=\"text-align: {side}\">"), &format!(" align=\"{side}\">"))
    })
}

#[cfg(test)]
mod tests {
    use crate::ui::markdown::render;

    #[test]
    fn columns_of_tables_stand_at_their_side() {
        let html =
            render("| a | b | c |\n|:--|:-:|--:|\n| 1 | 2 | <td style=\"text-align: right\">3 |");
        for part in
            ["<th align=\"left\">a", "<th align=\"center\">b", "<td align=\"right\">&lt;td style="]
        {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(!html.contains("<td style") && !html.contains("<th style"), "{html}");
    }
}
