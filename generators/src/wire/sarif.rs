//! SARIF 2.1.0, as far as it is written.

use serde::Serialize;

/// A whole log.
#[derive(Clone, Debug, Serialize)]
pub struct Log {
    /// The address of the schema.
    #[serde(rename = "$schema")]
    pub schema: String,
    /// The version of SARIF.
    pub version: String,
    /// One run of one tool.
    pub runs: Vec<Run>,
}

/// One run of one tool.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// The tool.
    pub tool: Tool,
    /// What columns count.
    pub column_kind: String,
    /// What it found.
    pub results: Vec<Result>,
}

/// A tool.
#[derive(Clone, Debug, Serialize)]
pub struct Tool {
    /// Its main part.
    pub driver: Driver,
}

/// The main part of a tool.
#[derive(Clone, Debug, Serialize)]
pub struct Driver {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The rules of the results.
    pub rules: Vec<ReportingDescriptor>,
}

/// A rule.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportingDescriptor {
    /// Its code.
    pub id: String,
    /// A few words.
    pub short_description: Message,
    /// More words.
    pub full_description: Message,
    /// How to mend it.
    pub help: Message,
}

/// A text.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    /// Plain.
    pub text: String,
    /// As Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub markdown: Option<String>,
}

impl Message {
    /// A plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), markdown: None }
    }
}

/// One finding.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Result {
    /// The code of its rule.
    pub rule_id: String,
    /// The place of its rule among the rules.
    pub rule_index: usize,
    /// How bad it is.
    pub level: Level,
    /// What is wrong.
    pub message: Message,
    /// Where.
    pub locations: Vec<Location>,
    /// What else matters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related_locations: Vec<Location>,
    /// Changes that mend it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fixes: Vec<Fix>,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Works, but hardly as meant.
    Warning,
    /// Doesn't work.
    Error,
}

/// A place, with words.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// Its number among the related places.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<usize>,
    /// The words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
    /// The place.
    pub physical_location: PhysicalLocation,
}

/// A place in a file.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PhysicalLocation {
    /// The file.
    pub artifact_location: ArtifactLocation,
    /// The place.
    pub region: Region,
}

/// A file.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactLocation {
    /// Its address.
    pub uri: String,
    /// What the address is relative to.
    pub uri_base_id: String,
}

/// Lines and columns from 1; the end is exclusive.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Region {
    /// The first line.
    pub start_line: usize,
    /// The first column.
    pub start_column: usize,
    /// The last line.
    pub end_line: usize,
    /// The column after the last.
    pub end_column: usize,
}

/// A change that mends a finding.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fix {
    /// What it does.
    pub description: Message,
    /// The files it changes.
    pub artifact_changes: Vec<ArtifactChange>,
}

/// A change of one file.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactChange {
    /// The file.
    pub artifact_location: ArtifactLocation,
    /// What is replaced.
    pub replacements: Vec<Replacement>,
}

/// A replaced range.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Replacement {
    /// The range.
    pub deleted_region: Region,
    /// Its new text.
    pub inserted_content: Message,
}
