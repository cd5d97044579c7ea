//! Models of devices: which kinds of SIM they take. A small list of our own; devices beyond it are unknown, not refused.

use uuid::Uuid;

use crate::text_enum::text_enum;
use crate::{DeviceModelBrandId, DeviceModelId, Id, SimType};

text_enum! {
    /// What a device is.
    pub enum DeviceType {
        /// Built into a car.
        Car = "car",
        /// A thing that talks to things.
        Iot = "iot",
        /// A computer to carry.
        Laptop = "laptop",
        /// Shares its connection.
        Router = "router",
        /// A phone with apps.
        Smartphone = "smartphone",
        /// A phone with keys.
        FeaturePhone = "feature-phone",
        /// A watch.
        Smartwatch = "smartwatch",
        /// A screen without a keyboard.
        Tablet = "tablet",
        /// Worn in another way.
        Wearable = "wearable",
        /// Anything else.
        Other = "other",
    }
}

/// A model that is made in large numbers.
#[derive(Debug)]
pub struct DeviceModel {
    /// Counts the list; ids are made from it, so it stays with its model for ever.
    number: u16,
    /// Who makes it.
    pub brand: &'static str,
    /// What its maker calls it.
    pub name: &'static str,
    /// What it is.
    pub device_type: DeviceType,
    /// The SIMs that it takes.
    pub sim_types: &'static [SimType],
    /// The type allocation codes of its IMEIs. Real ones are the GSMA's to tell; these are of test devices, whose codes
    /// begin with `00` (3GPP TS 23.003, §6.2).
    test_codes: &'static [&'static str],
}

/// A maker of devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceModelBrand {
    /// Made from the place of its first model in the list.
    pub id: DeviceModelBrandId,
    /// Its name.
    pub name: &'static str,
}

const BOTH: &[SimType] = &[SimType::Esim, SimType::Psim];
const EMBEDDED: &[SimType] = &[SimType::Esim];
const PLASTIC: &[SimType] = &[SimType::Psim];

const fn model(
    number: u16,
    (brand, name): (&'static str, &'static str),
    device_type: DeviceType,
    sim_types: &'static [SimType],
    test_codes: &'static [&'static str],
) -> DeviceModel {
    DeviceModel { number, brand, name, device_type, sim_types, test_codes }
}

/// The list, by brand and name.
static MODELS: [DeviceModel; 12] = [
    model(1, ("Apple", "iPad Air (M2)"), DeviceType::Tablet, EMBEDDED, &[]),
    model(2, ("Apple", "iPhone 13"), DeviceType::Smartphone, BOTH, &["00101301"]),
    model(3, ("Apple", "iPhone 15"), DeviceType::Smartphone, BOTH, &["00101501"]),
    model(4, ("Apple", "Watch Series 9"), DeviceType::Smartwatch, EMBEDDED, &["00100901"]),
    model(5, ("Fairphone", "Fairphone 5"), DeviceType::Smartphone, BOTH, &[]),
    model(6, ("Google", "Pixel 7"), DeviceType::Smartphone, BOTH, &[]),
    model(7, ("Google", "Pixel 8"), DeviceType::Smartphone, BOTH, &["00100801"]),
    model(8, ("Nokia", "105"), DeviceType::FeaturePhone, PLASTIC, &["00100105"]),
    model(9, ("Nokia", "3310"), DeviceType::FeaturePhone, PLASTIC, &["00103310"]),
    model(10, ("Samsung", "Galaxy S8"), DeviceType::Smartphone, PLASTIC, &["00100802"]),
    model(11, ("Samsung", "Galaxy S23"), DeviceType::Smartphone, BOTH, &["00102301"]),
    model(12, ("Samsung", "Galaxy S24"), DeviceType::Smartphone, BOTH, &["00102401"]),
];

/// An arbitrary UUID of version 8, which leaves its content to us (RFC 9562, §5.8).
fn id_of<I: Id>(number: u16) -> I {
    const FIRST: u128 = 0x0198_0000_0000_8000_8000_0000_0000_0000;
    I::from_uuid(Uuid::from_u128(FIRST + u128::from(number)))
}

impl DeviceModel {
    /// Every model we know, by brand and name.
    pub fn all() -> &'static [Self] {
        &MODELS
    }

    /// The model with this id.
    pub fn find(id: DeviceModelId) -> Option<&'static Self> {
        MODELS.iter().find(|model| model.id() == id)
    }

    /// The model of the device with this IMEI, of fifteen digits, as far as we know.
    pub fn of_imei(imei: &str) -> Option<&'static Self> {
        let code = imei.get(..8)?;
        MODELS.iter().find(|model| model.test_codes.contains(&code))
    }

    /// Its id, the same on every server.
    pub fn id(&self) -> DeviceModelId {
        id_of(self.number)
    }

    /// Whether it takes one of these SIMs.
    pub fn takes_any(&self, sim_types: &[SimType]) -> bool {
        sim_types.iter().any(|sim_type| self.sim_types.contains(sim_type))
    }
}

impl DeviceModelBrand {
    /// Every maker, by name.
    pub fn all() -> Vec<Self> {
        let mut brands = MODELS
            .iter()
            .map(|model| Self { id: id_of(model.number), name: model.brand })
            .collect::<Vec<_>>();
        brands.dedup_by_key(|brand| brand.name);
        brands
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_list_is_in_order_and_names_everything_once() {
        assert!(MODELS.is_sorted_by_key(|model| (model.brand, model.number)));
        assert_eq!(MODELS.iter().map(DeviceModel::id).collect::<BTreeSet<_>>().len(), MODELS.len());
        let codes = MODELS.iter().flat_map(|model| model.test_codes).collect::<Vec<_>>();
        assert!(codes.iter().all(|code| code.len() == 8 && code.starts_with("00")));
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
        let brands = DeviceModelBrand::all();
        assert!(brands.is_sorted_by_key(|brand| brand.name) && brands.len() == 5);
    }

    #[test]
    fn an_imei_names_its_model_or_nobodys() {
        assert_eq!(DeviceModel::of_imei("001015010000007").map(|model| model.name), Some("iPhone 15"));
        assert!(DeviceModel::of_imei("990000862471853").is_none());
        assert!(DeviceModel::of_imei("00").is_none());
    }

    #[test]
    fn a_phone_with_keys_takes_no_esim() {
        let keys = DeviceModel::all().iter().find(|model| model.name == "3310").unwrap();
        assert!(keys.takes_any(BOTH) && !keys.takes_any(EMBEDDED) && !keys.takes_any(&[]));
    }
}
