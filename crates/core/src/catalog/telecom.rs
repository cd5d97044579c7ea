//! The telecom facts of plans and add-ons in the file.

use perennial_domain::{
    ActivationTrigger, AddonActivationTrigger, AddonFacts, AddonType, Allowances, CountryCode, Coverage,
    FirstPeriodTrigger, Limits, Need, PlanFacts, Requirements, SimType, Throttling, VerifiableNeed,
};

use super::reader::{Quantity, TableReader};

const ACTIVATION: [(&str, ActivationTrigger); 2] =
    [("creation", ActivationTrigger::Creation), ("usageStarted", ActivationTrigger::UsageStarted)];
const FIRST_PERIOD: [(&str, FirstPeriodTrigger); 2] =
    [("creation", FirstPeriodTrigger::Creation), ("activation", FirstPeriodTrigger::Activation)];
const ADDON_ACTIVATION: [(&str, AddonActivationTrigger); 3] = [
    ("creation", AddonActivationTrigger::Creation),
    ("networkLatch", AddonActivationTrigger::NetworkLatch),
    ("usageStarted", AddonActivationTrigger::UsageStarted),
];
const ADDON_TYPES: [(&str, AddonType); 2] = [("topUp", AddonType::TopUp), ("other", AddonType::Other)];
/// Without the contract's `verified`: nobody verifies here, and what is only given would be sold as more than it is.
const VERIFIABLE: [(&str, VerifiableNeed); 2] =
    [("none", VerifiableNeed::None), ("present", VerifiableNeed::Present)];
const NEEDS: [(&str, Need); 2] = [("none", Need::None), ("present", Need::Present)];

pub(super) fn read_plan_facts(reader: &mut TableReader<'_, '_>) -> Option<PlanFacts> {
    let provider = reader.required("provider", TableReader::text);
    let allowances = reader.required("allowances", |reader, key| reader.table(key, read_allowances));
    let coverage = reader.required("coverage", |reader, key| reader.table(key, read_coverage));
    let limits = reader.table("limits", |reader| Some(read_limits(reader))).unwrap_or_default();
    let requirements =
        reader.table("requirements", |reader| Some(read_requirements(reader))).unwrap_or_default();
    let sim_types = reader.required("sim_types", |reader, key| Some(reader.all_parsed(key, parse_sim_type)));
    let minimum_periods = reader.integer("minimum_periods").unwrap_or(1);
    let activation_trigger =
        reader.word("activation_trigger", &ACTIVATION).unwrap_or(ActivationTrigger::Creation);
    let first_period_trigger =
        reader.word("first_period_trigger", &FIRST_PERIOD).unwrap_or(FirstPeriodTrigger::Creation);
    if sim_types.as_ref().is_some_and(Vec::is_empty) {
        reader.complain("`sim_types` must name at least one of \"eSIM\" and \"pSIM\"");
    }
    let Ok(minimum_periods @ 1..=120) = u32::try_from(minimum_periods) else {
        reader.complain("`minimum_periods` lies between 1 and 120");
        return None;
    };
    Some(PlanFacts {
        provider: provider?,
        allowances: allowances?,
        coverage: coverage?,
        limits,
        requirements,
        sim_types: sim_types?,
        minimum_periods,
        activation_trigger,
        first_period_trigger,
    })
}

/// The facts, and the keys of the plans that it fits.
pub(super) fn read_addon_facts(reader: &mut TableReader<'_, '_>) -> Option<(AddonFacts, Vec<String>)> {
    let addon_type = reader.word("type", &ADDON_TYPES).unwrap_or(AddonType::TopUp);
    let provider = reader.required("provider", TableReader::text);
    let allowances = reader.required("allowances", |reader, key| reader.table(key, read_allowances));
    let coverage = reader.table("coverage", read_coverage);
    let activation_trigger =
        reader.word("activation_trigger", &ADDON_ACTIVATION).unwrap_or(AddonActivationTrigger::Creation);
    let plans = reader.texts("plans").into_iter().map(|(_, key)| key).collect();
    let facts = AddonFacts {
        addon_type,
        provider: provider?,
        allowances: allowances?,
        plans: Vec::new(),
        coverage,
        activation_trigger,
    };
    Some((facts, plans))
}

fn read_allowances(reader: &mut TableReader<'_, '_>) -> Option<Allowances> {
    let data_bytes = reader.required("data_bytes", TableReader::quantity);
    let voice_seconds = reader.required("voice_seconds", TableReader::quantity);
    let sms_messages = reader.required("sms_messages", TableReader::quantity);
    Some(Allowances {
        data_bytes: data_bytes?.limit(),
        voice_seconds: voice_seconds?.limit(),
        sms_messages: sms_messages?.limit(),
    })
}

fn read_coverage(reader: &mut TableReader<'_, '_>) -> Option<Coverage> {
    let id = reader.required("id", TableReader::text);
    let name = reader.required("name", TableReader::text);
    let countries = reader.all_parsed("countries", CountryCode::parse);
    Some(Coverage { id: id?, name: name?, countries })
}

fn read_limits(reader: &mut TableReader<'_, '_>) -> Limits {
    let data_bytes = reader.quantity("data_bytes").and_then(Quantity::limit);
    let bandwidth_bits_per_second = reader.quantity("bandwidth_bits_per_second").and_then(Quantity::limit);
    let throttling = reader.table("throttling", |reader| {
        let threshold_bytes = reader.required("threshold_bytes", TableReader::integer).map(u64::try_from);
        let bandwidth = reader.required("bandwidth_bits_per_second", TableReader::integer).map(u64::try_from);
        Some(Throttling {
            threshold_bytes: threshold_bytes?.ok()?,
            bandwidth_bits_per_second: bandwidth?.ok()?,
        })
    });
    Limits { data_bytes, bandwidth_bits_per_second, throttling }
}

fn read_requirements(reader: &mut TableReader<'_, '_>) -> Requirements {
    let none = VerifiableNeed::None;
    Requirements {
        address: reader.word("address", &VERIFIABLE).unwrap_or(none),
        birthday: reader.word("birthday", &VERIFIABLE).unwrap_or(none),
        full_name: reader.word("full_name", &VERIFIABLE).unwrap_or(none),
        device: reader.word("device", &NEEDS).unwrap_or(Need::None),
    }
}

fn parse_sim_type(text: &str) -> Result<SimType, &'static str> {
    SimType::parse(text).ok_or("must be \"eSIM\" or \"pSIM\"")
}
