//! One KPI as one panel, or two for a distribution.

use std::collections::BTreeMap;

use kpi_registry::entity::{Kind, Kpi, KpiId, PanelType, Position};
use kpi_registry::registry::Registry;

use super::board::{Content, Item};
use super::canvas::Key;
use super::layout::Size;
use super::query::{self, Queries, Query};
use super::scale::{self, Neutral};
use super::view::{View, Views};
use super::{look, text};
use crate::wire::grafana::DataSourceRef;
use crate::wire::grafana::field::{
    CellOptions, Color, ColorMode, Custom, Defaults, FieldConfig, FieldMatcher, GraphStyle, Mapped, Mapping,
    Override, Property, TableStyle, Thresholds, ThresholdsStyle, ThresholdsStyleMode, TimelineStyle,
};
use crate::wire::grafana::panel::{Format, GridPos, Panel, Target};
use crate::wire::grafana::visualization::Visualization;

/// A panel that has no place and no id yet.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    /// What the id is made from.
    pub(super) key: Key,
    /// Where it would like to stand.
    pub(super) position: Position,
    /// How large it is otherwise.
    pub(super) size: Size,
    /// The type and its options.
    pub(super) visualization: Visualization,
    /// The title.
    pub(super) title: String,
    /// The text on hover.
    pub(super) description: String,
    /// The queries.
    pub(super) targets: Vec<Target>,
    /// How values are drawn.
    pub(super) field_config: FieldConfig,
    /// Why its queries can't be narrowed to the chosen jobs and instances; `None` when they are.
    pub(super) not_narrowed: Option<&'static str>,
}

impl Draft {
    /// The panel, now that its place and id are known.
    pub(super) fn finish(self, id: u32, grid_pos: GridPos) -> Panel {
        Panel {
            id,
            visualization: self.visualization,
            title: self.title,
            description: self.description,
            grid_pos,
            datasource: datasource(),
            targets: self.targets,
            field_config: self.field_config,
        }
    }
}

/// The data source the dashboard's variable chooses.
pub(super) fn datasource() -> DataSourceRef {
    DataSourceRef { kind: "prometheus".into(), uid: "${datasource}".into() }
}

/// The panels of one entry of a dashboard.
pub(super) fn drafts(registry: &Registry, views: &Views<'_>, item: &Item<'_>) -> Vec<Draft> {
    match item.content {
        Content::Kpi(id) => {
            let view = views.view(registry, id);
            of_kpi(registry, id, &view, item)
        }
        Content::Expression(expression) => of_expression(registry, expression, item),
    }
}

fn of_kpi(registry: &Registry, id: KpiId, view: &View<'_>, item: &Item<'_>) -> Vec<Draft> {
    let kpi = registry.kpi(id);
    let queries = query::of_kpi(registry, kpi);
    let kind = item.panel_type.unwrap_or_else(|| default_type(&kpi.kind.value));
    let named = item.title.map_or_else(|| text::title(&kpi.name), text::bare);
    let description = text::describe(registry, kpi, view);
    let draft = |kind, key, title: String, position| {
        let subject = Subject { kpi: Some((kpi, view)), queries: &queries };
        let exemplars = kpi.trace.exemplars;
        subject.draw(kind, exemplars, Frame { key, title, description: description.clone(), position })
    };
    let mut drafts = vec![draft(kind, Key::Kpi(id, 0), titled(&named, kind, &queries), item.position)];
    if item.panel_type.is_none() && queries.buckets.is_some() {
        let kind = PanelType::Heatmap;
        drafts.push(draft(kind, Key::Kpi(id, 1), titled(&named, kind, &queries), Position::default()));
    }
    drafts
}

fn of_expression(registry: &Registry, expression: &str, item: &Item<'_>) -> Vec<Draft> {
    let queries = query::of_expression(registry, expression);
    if queries.lines.is_empty() {
        return Vec::new();
    }
    let title = text::bare(item.title.unwrap_or(expression));
    let description = ["Written by hand: ", &text::plain(expression)].concat();
    let frame =
        Frame { key: Key::Text(["=", expression].concat()), title, description, position: item.position };
    let subject = Subject { kpi: None, queries: &queries };
    vec![subject.draw(item.panel_type.unwrap_or(PanelType::Timeseries), false, frame)]
}

const fn default_type(kind: &Kind) -> PanelType {
    match kind {
        Kind::Gauge | Kind::Counter | Kind::Histogram(_) | Kind::NativeHistogram | Kind::Derived(_) => {
            PanelType::Timeseries
        }
        Kind::State => PanelType::StateTimeline,
        Kind::Info => PanelType::Table,
    }
}

fn titled(name: &str, kind: PanelType, queries: &Queries) -> String {
    let what = match (kind, &queries.buckets) {
        (PanelType::Heatmap, Some(_)) => ": distribution",
        (PanelType::Timeseries | PanelType::StateTimeline | PanelType::Table, Some(_)) => ": quantiles",
        (PanelType::Gauge | PanelType::Stat | PanelType::Bargauge, Some(_)) => ": p95",
        (_, None) => queries.suffix,
    };
    [name, what].concat()
}

/// What does not depend on the type of a panel.
struct Frame {
    key: Key,
    title: String,
    description: String,
    position: Position,
}

/// What is drawn.
#[derive(Clone, Copy)]
struct Subject<'a> {
    kpi: Option<(&'a Kpi, &'a View<'a>)>,
    queries: &'a Queries,
}

impl Subject<'_> {
    fn draw(self, kind: PanelType, exemplars: bool, frame: Frame) -> Draft {
        let Frame { key, title, description, position } = frame;
        let (visualization, size) = self.look(kind);
        let targets = self.targets(kind, exemplars);
        let field_config = FieldConfig { defaults: self.defaults(kind), overrides: self.overrides(kind) };
        let not_narrowed = self.not_narrowed();
        Draft { key, position, size, visualization, title, description, targets, field_config, not_narrowed }
    }

    fn not_narrowed(self) -> Option<&'static str> {
        match self.kpi {
            None => Some("the registry's author wrote the query"),
            Some((kpi, _)) if matches!(kpi.kind.value, Kind::Derived(_)) => {
                Some("a recording rule makes the series, which has only the labels of its expression")
            }
            Some(_) => None,
        }
    }

    fn look(self, kind: PanelType) -> (Visualization, Size) {
        let size = |width, height| Size { width, height };
        match kind {
            PanelType::Gauge => (look::dial(), size(6, 8)),
            PanelType::Timeseries => (look::graph(), size(12, 8)),
            PanelType::Stat => (look::stat(true), size(6, 4)),
            PanelType::Heatmap => {
                (look::heatmap(&self.queries.unit, self.queries.buckets.is_none()), size(12, 8))
            }
            PanelType::Bargauge => (look::bars(), size(12, 8)),
            PanelType::Table => (look::table(), size(24, 6)),
            PanelType::StateTimeline => (look::timeline(), size(24, 6)),
        }
    }

    fn targets(self, kind: PanelType, exemplars: bool) -> Vec<Target> {
        let Queries { lines, main, buckets, .. } = self.queries;
        let one = || lines.get(*main).into_iter();
        match kind {
            PanelType::Timeseries => targets(lines, Mode::Range(Format::TimeSeries, exemplars)),
            PanelType::StateTimeline => targets(lines, Mode::Range(Format::TimeSeries, false)),
            PanelType::Heatmap => match buckets {
                Some(buckets) => targets([buckets], Mode::Range(Format::Heatmap, exemplars)),
                None => targets(one(), Mode::Range(Format::TimeSeries, false)),
            },
            PanelType::Stat => targets(one(), Mode::Range(Format::TimeSeries, false)),
            PanelType::Gauge | PanelType::Bargauge => targets(one(), Mode::Instant(Format::TimeSeries)),
            PanelType::Table => targets(lines, Mode::Instant(Format::Table)),
        }
    }

    fn defaults(self, kind: PanelType) -> Defaults {
        let on_graph = matches!(kind, PanelType::Timeseries);
        let neutral = if on_graph { Neutral::Transparent } else { Neutral::Blue };
        let (min, max) = self.kpi.map_or((None, None), |(kpi, view)| match kind {
            PanelType::Gauge => scale::dial(kpi, view),
            _ => scale::limits(kpi),
        });
        Defaults {
            unit: self.queries.unit.clone(),
            decimals: self.kpi.and_then(|(kpi, _)| scale::decimals(&kpi.unit)),
            min: min.and_then(scale::number),
            max: max.and_then(scale::number),
            no_value: "No data".into(),
            color: Color {
                mode: if on_graph || self.is_state() {
                    ColorMode::PaletteClassicByName
                } else {
                    ColorMode::Thresholds
                },
                fixed_color: None,
            },
            mappings: if self.is_state() { vec![on_or_off()] } else { Vec::new() },
            thresholds: self
                .kpi
                .map_or_else(Thresholds::default, |(kpi, view)| scale::steps(kpi, view, neutral)),
            custom: self.custom(kind),
        }
    }

    fn is_state(self) -> bool {
        self.kpi.is_some_and(|(kpi, _)| matches!(kpi.kind.value, Kind::State))
    }

    fn custom(self, kind: PanelType) -> Option<Custom> {
        match kind {
            PanelType::Timeseries => Some(Custom::Graph(self.graph_style())),
            PanelType::Table => Some(Custom::Table(TableStyle {
                align: "auto".into(),
                cell_options: CellOptions { kind: "auto".into() },
                inspect: false,
            })),
            PanelType::StateTimeline => {
                Some(Custom::Timeline(TimelineStyle { fill_opacity: 70, line_width: 0 }))
            }
            PanelType::Gauge | PanelType::Stat | PanelType::Heatmap | PanelType::Bargauge => None,
        }
    }

    fn graph_style(self) -> GraphStyle {
        let range = self.kpi.and_then(|(kpi, _)| kpi.normal_range.as_ref());
        let limited = self.kpi.is_some_and(|(_, view)| !view.drawn.is_empty());
        let mode = match (limited, range) {
            (true, _) => ThresholdsStyleMode::DashedArea,
            (false, Some(_)) => ThresholdsStyleMode::Area,
            (false, None) => ThresholdsStyleMode::Off,
        };
        let end =
            |end: Option<&kpi_registry::source::Spanned<_>>| end.and_then(|end| scale::number(end.value));
        GraphStyle {
            draw_style: "line".into(),
            line_interpolation: "linear".into(),
            line_width: 2,
            fill_opacity: 0,
            show_points: "never".into(),
            span_nulls: false,
            axis_soft_max: end(range.and_then(|range| range.max.as_ref())),
            axis_soft_min: end(range.and_then(|range| range.min.as_ref())),
            thresholds_style: ThresholdsStyle { mode },
        }
    }

    /// The colours that mean the same everywhere; in tables, the columns that say nothing.
    fn overrides(self, kind: PanelType) -> Vec<Override> {
        let by_name = |name: &str, property| Override {
            matcher: FieldMatcher { id: "byName".into(), options: name.into() },
            properties: vec![property],
        };
        match kind {
            PanelType::Timeseries => {
                let lines = self.queries.lines.iter();
                let colored = lines.filter_map(|line| Some((line.legend.as_str(), line.color?)));
                let fixed =
                    |color: &str| Color { mode: ColorMode::Fixed, fixed_color: Some(color.to_owned()) };
                colored.map(|(name, color)| by_name(name, Property::Color(fixed(color)))).collect()
            }
            PanelType::Table => {
                ["Time", "__name__"].into_iter().map(|name| by_name(name, Property::Hidden(true))).collect()
            }
            PanelType::Gauge
            | PanelType::Stat
            | PanelType::Heatmap
            | PanelType::Bargauge
            | PanelType::StateTimeline => Vec::new(),
        }
    }
}

/// A state is 1 while it holds and 0 otherwise.
fn on_or_off() -> Mapping {
    let mapped = |text: &str, color: &str, index| Mapped { text: text.into(), color: color.into(), index };
    Mapping::Value {
        options: BTreeMap::from([
            ("0".to_owned(), mapped("no", "transparent", 0)),
            ("1".to_owned(), mapped("yes", "blue", 1)),
        ]),
    }
}

/// Over what time a query runs, in which shape its answer comes and whether with exemplars.
#[derive(Clone, Copy)]
pub(super) enum Mode {
    /// Over the time range.
    Range(Format, bool),
    /// At its end.
    Instant(Format),
}

/// Queries as a panel holds them, called `A`, `B` and so on.
pub(super) fn targets<'a>(queries: impl IntoIterator<Item = &'a Query>, mode: Mode) -> Vec<Target> {
    let (range, format, exemplar) = match mode {
        Mode::Range(format, exemplars) => (true, format, exemplars),
        Mode::Instant(format) => (false, format, false),
    };
    queries
        .into_iter()
        .zip('A'..='Z')
        .map(|(query, name)| Target {
            ref_id: name.to_string(),
            datasource: datasource(),
            expr: query.expr.to_string(),
            range,
            instant: !range,
            exemplar,
            editor_mode: "code".into(),
            format,
            legend_format: query.legend.clone(),
        })
        .collect()
}
