//! JSON, as much of it as is written here: laid out for people, the same bytes for the same values.

/// A document whose value is an object.
pub(crate) fn document(write: impl FnOnce(&mut Object<'_>)) -> String {
    let mut out = String::new();
    object(&mut out, 0, write);
    out.push('\n');
    out
}

/// An object that is being written.
pub(crate) struct Object<'a> {
    out: &'a mut String,
    depth: usize,
    is_empty: bool,
}

impl Object<'_> {
    /// A member that is a text.
    pub(crate) fn text(&mut self, key: &str, value: &str) {
        self.key(key);
        text(self.out, value);
    }

    /// A member that is a whole number.
    pub(crate) fn number(&mut self, key: &str, value: u64) {
        self.key(key);
        self.out.push_str(&value.to_string());
    }

    /// A member that is true or false.
    pub(crate) fn boolean(&mut self, key: &str, value: bool) {
        self.key(key);
        self.out.push_str(if value { "true" } else { "false" });
    }

    /// A member that is a list of texts, on one line.
    pub(crate) fn texts<'t>(&mut self, key: &str, values: impl IntoIterator<Item = &'t str>) {
        self.key(key);
        self.out.push('[');
        for (number, value) in values.into_iter().enumerate() {
            self.out.push_str(if number == 0 { "" } else { ", " });
            text(self.out, value);
        }
        self.out.push(']');
    }

    /// A member that is a list of objects.
    pub(crate) fn objects<T>(
        &mut self,
        key: &str,
        values: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Object<'_>, T),
    ) {
        self.key(key);
        let mut is_empty = true;
        self.out.push('[');
        for value in values {
            self.out.push_str(if is_empty { "" } else { "," });
            new_line(self.out, self.depth + 1);
            object(self.out, self.depth + 1, |object| write(object, value));
            is_empty = false;
        }
        if !is_empty {
            new_line(self.out, self.depth);
        }
        self.out.push(']');
    }

    fn key(&mut self, key: &str) {
        self.out.push_str(if self.is_empty { "" } else { "," });
        self.is_empty = false;
        new_line(self.out, self.depth);
        text(self.out, key);
        self.out.push_str(": ");
    }
}

fn object(out: &mut String, depth: usize, write: impl FnOnce(&mut Object<'_>)) {
    out.push('{');
    let mut object = Object { out, depth: depth + 1, is_empty: true };
    write(&mut object);
    let is_empty = object.is_empty;
    if !is_empty {
        new_line(out, depth);
    }
    out.push('}');
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

/// A text in quotes. Escaped is what RFC 8259 wants escaped: quotes, backslashes and control characters.
fn text(out: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\u{1f}' => {
                out.push_str("\\u00");
                let digits = [c as usize / 16, c as usize % 16];
                out.extend(digits.iter().filter_map(|digit| HEX.get(*digit)).map(|digit| char::from(*digit)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_is_laid_out_for_people() {
        let document = document(|object| {
            object.number("most", u64::MAX);
            object.boolean("yes", true);
            object.texts("texts", ["a", "b"]);
            object.texts("no texts", []);
            object.objects("objects", [1, 2], |object, number| object.number("number", number));
            object.objects("empty", ["", "x"], |object, key| {
                if !key.is_empty() {
                    object.text(key, "y");
                }
            });
            object.objects("no objects", [""; 0], |_, _| {});
        });
        let expected = r#"{
  "most": 18446744073709551615,
  "yes": true,
  "texts": ["a", "b"],
  "no texts": [],
  "objects": [
    {
      "number": 1
    },
    {
      "number": 2
    }
  ],
  "empty": [
    {},
    {
      "x": "y"
    }
  ],
  "no objects": []
}
"#;
        assert_eq!(document, expected);
    }

    proptest! {
        #[test]
        fn every_text_is_read_back(key in any::<String>(), value in any::<String>()) {
            let written = document(|object| object.text(&key, &value));
            let read: serde_json::Value = serde_json::from_str(&written).map_err(|e| TestCaseError::fail(e.to_string()))?;
            prop_assert_eq!(read, serde_json::json!({ key: value }));
        }
    }

    #[test]
    fn every_character_is_read_back() -> serde_json::Result<()> {
        let all: String = ('\0'..='\u{2100}').chain(['\u{ffff}', '\u{10ffff}']).collect();
        let read: serde_json::Value = serde_json::from_str(&document(|object| object.text("all", &all)))?;
        assert_eq!(read["all"], all);
        Ok(())
    }
}
