//! contracts/projects-api.md §2.9.

use perennial_domain::SimType;
use perennial_testkit::rows;
use serde_json::{Value, json};

use crate::door::Door;

#[tokio::test]
async fn an_esim_shows_how_it_is_installed() {
    let door = Door::open().await;
    let sim = door.esim(7).await;
    let shown = door.api.get(&format!("/projects/p/sims/{}", sim.id)).await.expect(200);
    assert_eq!(
        shown,
        json!({
            "object": "sim", "id": sim.id, "metadata": {}, "iccid": sim.iccid.as_str(), "provider": "test",
            "type": "eSIM", "status": "inactive", "createdAt": "2031-03-04T05:06:07Z",
        })
    );
    let credentials = door.api.get(&format!("/projects/p/sims/{}/credentials", sim.id)).await.expect(200);
    let code = sim.activation_code.unwrap();
    assert_eq!(credentials["activationCode"], code);
    let apple = format!("https://esimsetup.apple.com/esim_qrcode_provisioning?carddata={code}");
    assert_eq!(credentials["iosInstallUrl"], apple);
    let profile = door.api.get(&format!("/projects/p/sims/{}/eSimProfile", sim.id)).await.expect(200);
    assert_eq!(profile["status"], "unknown");
}

#[tokio::test]
async fn plastic_has_nothing_to_install() {
    let door = Door::open().await;
    let project = door.app.project().id;
    let sim = door.app.write(move |cx, tx| {
        let mut sim = rows::esim(cx, project, 8);
        (sim.sim_type, sim.activation_code) = (SimType::Psim, None);
        tx.sims(project).insert(&sim)?;
        Ok(sim)
    });
    let sim = sim.await;
    let credentials = door.api.get(&format!("/projects/p/sims/{}/credentials", sim.id)).await.expect(200);
    for name in ["activationCode", "qrCodeUrl", "androidInstallUrl", "iosInstallUrl"] {
        assert_eq!(credentials[name], Value::Null, "{name}");
    }
    door.api.get(&format!("/projects/p/sims/{}/eSimProfile", sim.id)).await.expect_error(404);
}

#[tokio::test]
async fn a_sim_is_found_by_the_number_printed_on_it() {
    let door = Door::open().await;
    let sim = door.esim(9).await;
    let search = |body: Value| {
        let api = door.api.clone();
        async move { api.post("/projects/p/sims/search", body).await }
    };
    let iccid = sim.iccid.as_str();
    let printed = format!("{} {}F", &iccid[..8], &iccid[8..]);
    assert_eq!(search(json!({ "iccid": printed })).await.expect(200)["items"][0]["id"], sim.id.to_string());
    let plastic = search(json!({ "iccid": iccid, "type": ["pSIM"] })).await.expect(200);
    assert_eq!(plastic["items"], json!([]));
    assert_eq!(search(json!({ "iccid": "8942" })).await.expect_error(422).0, "invalid");
    assert_eq!(search(json!({})).await.expect_error(422).0, "invalid");
}

#[tokio::test]
async fn filters_and_metadata_work_on_sims() {
    let door = Door::open().await;
    let sim = door.esim(10).await;
    let customer = door.customer("ada@example.com").await;
    for (query, count) in [
        (String::new(), 1),
        ("type=eSIM&status=inactive,active&provider=test".to_owned(), 1),
        ("type=pSIM".to_owned(), 0),
        ("status=retired".to_owned(), 0),
        (format!("user={}", customer.id), 0),
    ] {
        let list = door.api.get(&format!("/projects/p/sims?{query}")).await.expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), count, "{query}");
    }
    let path = format!("/projects/p/sims/{}", sim.id);
    let patched = door.api.patch(&path, json!({ "metadata": { "shelf": "4" } })).await.expect(200);
    assert_eq!(patched["metadata"], json!({ "shelf": "4" }));
    assert_eq!(door.api.patch(&path, json!({ "status": "retired" })).await.expect_error(422).0, "invalid");
}
