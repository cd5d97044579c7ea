//! Every mistake names its key.

use std::path::Path;

use secrecy::ExposeSecret;

use super::*;

fn read(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let config = Config::read(text, &variables.collect())?;
    config.validate().map(|()| config)
}

fn mistake(text: &str, variables: &[(&str, &str)]) -> String {
    read(text, variables).unwrap_err().to_string()
}

#[test]
fn nothing_said_is_a_server_for_this_machine() {
    let config = read("", &[]).unwrap();
    assert_eq!(config.http.public_url().as_str(), "http://127.0.0.1:8080/");
    assert_eq!(config.connect_url(), config.http.public_url());
    assert_eq!(format!("{:?}", config.database.url().unwrap()), "sqlite:perennial.db");
    assert!(config.secrets.master_key().unwrap().is_none());
}

#[test]
fn variables_win_over_the_file() {
    let file = "[http]\nlisten = '127.0.0.1:9000'\n[worker]\nconcurrency = 3";
    let config =
        read(file, &[("PERENNIAL_HTTP_LISTEN", "[::1]:9001"), ("PERENNIAL_WORKER_CONCURRENCY", "5")])
            .unwrap();
    assert_eq!(config.http.public_url().as_str(), "http://[::1]:9001/");
    assert_eq!(config.worker.concurrency, 5);
    assert_eq!(read(file, &[]).unwrap().worker.concurrency, 3);
}

#[test]
fn webhooks_stay_outside_unless_the_operator_lets_them_in() {
    assert!(!read("", &[]).unwrap().webhooks.allow_private);
    assert!(read("", &[("PERENNIAL_WEBHOOKS_ALLOW_PRIVATE", "true")]).unwrap().webhooks.allow_private);
    let mistaken = mistake("", &[("PERENNIAL_WEBHOOKS_ALLOW_PRIVATE", "yes")]);
    assert!(mistaken.starts_with("webhooks.allow_private"), "{mistaken}");
}

#[test]
fn organizations_are_served_as_the_variables_say() {
    let variables = [
        ("PERENNIAL_ORGANIZATIONS_PROJECT", "heron"),
        ("PERENNIAL_HTTP_CLIENT_ADDRESS_HEADER", "X-Forwarded-For"),
        ("PERENNIAL_MEMBER_PASSWORD", "no setting, but no mistake either"),
    ];
    let config = read("", &variables).unwrap();
    assert_eq!(config.organizations.project.as_deref(), Some("heron"));
    assert_eq!(config.http.client_address_header.unwrap(), "x-forwarded-for");
    let mistaken = mistake("[http]\nclient_address_header = 'for whom?'", &[]);
    assert!(mistaken.starts_with("http.client_address_header: is not the name of a header"), "{mistaken}");
}

#[test]
fn one_key_may_ask_as_fast_as_it_can_unless_a_limit_is_set() {
    let limit = |variables: &[_]| read("", variables).unwrap().api.options().requests_per_second;
    assert_eq!(limit(&[]), None);
    assert_eq!(limit(&[("PERENNIAL_API_REQUESTS_PER_SECOND", "20")]).unwrap().get(), 20);
}

#[test]
fn a_secret_may_come_from_a_file_and_is_never_printed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    std::fs::write(&file, "from-the-file\n").unwrap();
    let variable = ("PERENNIAL_MASTER_KEY_FILE", file.to_str().unwrap());
    let config = read("[secrets]\nmaster_key = 'inline'", &[variable]).unwrap();
    assert_eq!(config.secrets.master_key().unwrap().unwrap().expose_secret(), "from-the-file");

    let config =
        read("", &[("PERENNIAL_MASTER_KEY", "hush"), ("PERENNIAL_DATABASE_URL", "postgres://u:hush@h/d")]);
    assert!(!format!("{:?}", config.unwrap()).contains("hush"));
}

#[test]
fn without_a_mail_section_there_is_no_mail_server() {
    assert!(read("", &[]).unwrap().mail.server().unwrap().is_none());
    let mail = "[mail]\nfrom = 'shop@shop.example'\nsmtp_url = 'smtp://u:hush@mail.example?tls=required'";
    let config = read(mail, &[]).unwrap();
    assert_eq!(config.mail.server().unwrap().unwrap().from.email.domain(), "shop.example");
    assert!(!format!("{:?}", config.mail.server()).contains("hush"));
    read("[mail]\nfrom = 'a@b.example'\nsmtp_url = 'smtp://127.0.0.1:2525'", &[]).unwrap();
}

#[test]
fn unknown_keys_are_refused_wherever_they_stand() {
    assert!(mistake("[http]\nlsten = '127.0.0.1:1'", &[]).contains("unknown field `lsten`"));
    assert!(mistake("[htp]\nlisten = '127.0.0.1:1'", &[]).contains("unknown field `htp`"));
    assert_eq!(
        mistake("", &[("PERENNIAL_HTTP_LSTEN", "x")]),
        "PERENNIAL_HTTP_LSTEN: there is no such setting"
    );
}

#[test]
fn the_variables_of_apps_and_tests_are_left_alone() {
    read("", &[("PERENNIAL_API_KEY", "pk_1"), ("PERENNIAL_TEST_ENGINE", "postgres"), ("PATH", "/bin")])
        .unwrap();
}

#[test]
fn a_value_that_cannot_be_read_names_its_key_and_its_variable() {
    assert!(mistake("[http]\nlisten = 'here'", &[]).starts_with("http.listen: "));
    let error = mistake("", &[("PERENNIAL_HTTP_LISTEN", "here")]);
    assert!(error.starts_with("http.listen (PERENNIAL_HTTP_LISTEN): "), "{error}");
    assert!(
        mistake("", &[("PERENNIAL_WORKER_CONCURRENCY", "many")]).contains("PERENNIAL_WORKER_CONCURRENCY")
    );
    assert!(mistake("[log]\nformat = 'loud'", &[]).starts_with("log.format: "));
    assert!(mistake("[http\n", &[]).contains("line 1"));
}

#[test]
fn what_no_type_can_tell_is_checked_and_named() {
    let cases = [
        ("[http]\nlisten = '0.0.0.0:80'", "http.public_url: is needed"),
        ("[http]\npublic_url = 'http://shop.example'", "http.public_url: plain http"),
        ("[http]\npublic_url = 'https://shop.example/api'", "http.public_url: has a scheme"),
        ("[http]\npublic_url = 'ftp://shop.example'", "http.public_url: must begin"),
        ("[connect]\npublic_url = 'http://pay.example'", "connect.public_url: plain http"),
        ("[database]\nurl = 'mysql://h/d'", "database.url: "),
        ("[database]\nurl_file = '/nonexistent/url'", "database.url_file: cannot read"),
        ("[secrets]\nmaster_key = 'a'\nmaster_key_file = 'b'", "secrets.master_key_file: "),
        ("[api]\nrequests_per_second = 0", "api.requests_per_second: "),
        ("[mail]\nfrom = 'shop@shop.example'", "mail.smtp_url: is needed"),
        ("[mail]\nsmtp_url = 'smtps://mail.example'", "mail.from: must be"),
        ("[mail]\nsmtp_url = 'smtp://u:p@mail.example'", "mail.smtp_url: begins with smtps://"),
        ("[mail]\nsmtp_url = 'https://mail.example'", "mail.smtp_url: begins with smtps:// or"),
        ("[worker]\nconcurrency = 0", "worker.concurrency: lies"),
        ("[log]\nlevel = 'perennial=loudest'", "log.level: "),
    ];
    for (text, expected) in cases {
        let mistake = mistake(text, &[]);
        assert!(mistake.starts_with(expected), "{text:?} gave {mistake:?}");
    }
}

#[test]
fn a_file_that_was_asked_for_must_be_there() {
    let error = read_file(Some(Path::new("/nonexistent/perennial.toml"))).unwrap_err();
    assert!(error.to_string().starts_with("/nonexistent/perennial.toml: "));
}
