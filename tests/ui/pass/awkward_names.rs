//! Names that are keywords, or nothing that Rust would have chosen.
#![deny(warnings)]

kpi_runtime::kpis!("awkward.yaml");

fn main() {
    KPIS.r#type.inc();
    KPIS.self__.set(Count(1.0));
    KPIS.super_.set(Count(1.0));
    KPIS.crate_.set(Count(1.0));
    KPIS.r#async.set(Count(1.0));
    KPIS.r#gen.set(Count(1.0));
    KPIS.union.set(Count(1.0));
    KPIS.self_.set(Count(1.0));
    KPIS.r#try.set(Count(1.0));
    KPIS.new.set(Count(1.0));
    KPIS.init.set(Count(1.0));
    for value in [
        Type::V2xx,
        Type::Type,
        Type::ADashB,
        Type::AUnderscoreB,
        Type::PlusInf,
        Type::DashInf,
        Type::All,
        Type::None,
        Type::GrE,
        Type::Star,
        Type::GET,
        Type::Get,
    ] {
        KPIS.awkward.with(value, OptionLabel::Some, ResultLabel::Ok, KpisLabel::Kpi).inc();
        assert_eq!(value.as_str().parse(), Ok(value));
    }
    assert_eq!(Type::ALL.len(), 14);
    KPIS.texts.with(StringLabel("any"), Route::ALL[0]).inc();
    KPIS.inline_a.with(InlineAKind::X).inc();
    KPIS.inline_b.with(InlineBKind::Z).inc();
    let _ = KPIS.ended.track_result("7".parse::<u8>(), EndedHow::of);
    assert_eq!([EndedHow::Ok, EndedHow::Error].map(|how| KPIS.ended.with(how).get()), [1, 0]);
    KPIS.glucose.set(MmolPerLiter(5.5));
    KPIS.glucose_night.set(MmolPerLiter(5.0));
    KPIS.second_unit.set(SecondsUnit(1.0));
    KPIS.injected.set(Count(1.0));
}
