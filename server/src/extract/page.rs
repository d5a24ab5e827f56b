//! The extract as a page to print (宗地体检单): one file, no scripts, nothing from elsewhere.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use layers::SquareMetres;
use layers::round::two;
use layers::rules::explain::{Finding, Input, Part, Step, title};
use layers::stats::OwnedLabel;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};
use styles::palette;

use super::figures::{self, NOTHING};
use super::sketch::{sketch, swatch};
use super::{Extract, Language, Surroundings};

const STYLE: &str = include_str!("page.css");

/// What the page may do: be drawn with its own style sheet, known by its hash, and nothing else.
pub static CONTENT_SECURITY_POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
});

/// The page. Without surroundings it has no map.
pub fn page(extract: &Extract, around: Option<&Surroundings>, language: Language) -> String {
    let explanation = &extract.explanation;
    let say = |zh: &str, en: &str| language.words(zh, en);
    let heading = format!("{} {}", say("宗地体检单", "Parcel extract"), explanation.key);
    let markup = html! {
        (DOCTYPE)
        html lang=(if language.code() == "zh" { "zh-CN" } else { "en" }) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(CONTENT_SECURITY_POLICY.as_str());
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (heading) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                // A table's head is what browsers repeat on every printed page.
                table.sheet role="presentation" {
                    thead { tr { td { (heading) " · " (extract.title) " · " (extract.generation) } } }
                    tbody { tr { td {
                        main {
                            (head(extract, language))
                            h3 { (both(language, "结论", "Verdict")) }
                            (verdict(extract, language))
                            @if let Some(around) = around {
                                h3 { (both(language, "位置", "Place")) }
                                figure.map { (sketch(around, language)) }
                            }
                            h3 { (both(language, "逐条规则", "Rule by rule")) }
                            @for (number, step) in (1..).zip(&explanation.steps) { (rule(number, step, language)) }
                        }
                        (provenance(extract, language))
                    } } }
                }
            }
        }
    };
    markup.into_string()
}

/// Words in the languages of the page: Chinese with small English below it, or one of them.
fn both(language: Language, zh: &str, en: &str) -> Markup {
    html! {
        @match language {
            Language::Zh => (zh),
            Language::En => (en),
            Language::Both => { (zh) @if zh != en { span.en lang="en" { (en) } } },
        }
    }
}

fn label(language: Language, label: &OwnedLabel) -> Markup {
    both(language, &label.zh, &label.en)
}

/// What the extract is of, and by what.
fn head(extract: &Extract, language: Language) -> Markup {
    let explanation = &extract.explanation;
    let area = SquareMetres(explanation.area_m2);
    let nothing = || html! { span.unknown { (NOTHING) } };
    let finding = |attribute: &str| match explanation.finding(attribute) {
        Some(finding) => label(language, &finding.label),
        None => nothing(),
    };
    let text = |text: &Option<String>| text.as_ref().map_or_else(nothing, |text| html! { (text) });
    let facts = [
        ("宗地编号", "Key", html! { (explanation.key) }),
        ("名称", "Name", text(&explanation.name)),
        ("面积", "Area", html! { (two(area.hectares())) " ha = " (two(area.mu())) " mu" }),
        ("平方米", "Square metres", html! { (two(area.0)) " m²" }),
        ("园区", "Park", finding("park")),
        ("产业分区", "Zone", finding("zone")),
        ("规则", "Rules", label(language, &explanation.rules.title)),
        ("规则版本", "Rules version", html! { (explanation.rules.version) }),
        ("数据版本", "Generation", html! { (extract.generation) }),
        ("数据截止日", "Data date", text(&explanation.reference_date)),
    ];
    html! {
        header {
            h1 { (both(language, "宗地体检单", "Parcel extract")) }
            p { (extract.title) }
            dl.facts {
                @for (zh, en, fact) in facts { div { dt { (both(language, zh, en)) } dd { (fact) } } }
            }
        }
    }
}

/// What it all comes to, in the colours of the maps.
fn verdict(extract: &Extract, language: Language) -> Markup {
    html! {
        ul.verdict {
            @for (attribute, finding) in extract.verdict() {
                li {
                    @match finding {
                        Some(finding) => {
                            div.what { (label(language, &finding.title)) }
                            div.said { (colour(finding)) (label(language, &finding.label)) }
                        },
                        None => {
                            div.what { (label(language, &title(attribute))) }
                            div.unknown { (swatch(palette::NOT_ASSESSED, 1.0, None)) (both(language, "未评价", "not assessed")) }
                        },
                    }
                }
            }
        }
    }
}

fn colour(finding: &Finding) -> Markup {
    let code = finding.value.as_str().map_or_else(|| finding.value.to_string(), str::to_owned);
    html! {
        @if let Some(colour) = palette::class_colour(finding.attribute, &code) { (swatch(colour, 1.0, None)) }
    }
}

fn rule(number: usize, step: &Step, language: Language) -> Markup {
    html! {
        section.rule {
            header {
                h2 { span.number { (number) "." } (label(language, &step.question)) }
                p { (step.rule) " · " (language.words("规划", "plan")) " " (step.section) }
            }
            p.sentence { (label(language, &step.sentence)) }
            @if !step.results.is_empty() {
                p.result {
                    span.lead { (language.words("结果", "Results")) "  " }
                    @for (place, finding) in step.results.iter().enumerate() {
                        @if place > 0 { "；" }
                        (language.line(&finding.title)) ": " (colour(finding)) b { (label(language, &finding.label)) }
                    }
                }
            }
            @if let Some(threshold) = &step.threshold {
                p.threshold { span.lead { (language.words("标准", "Threshold")) "  " } (label(language, threshold)) }
            }
            (inputs(&step.inputs, language))
            @if !step.parts.is_empty() { (parts(step, language)) }
        }
    }
}

fn inputs(inputs: &[Input], language: Language) -> Markup {
    html! {
        table {
            thead { tr {
                th { (language.words("输入", "Input")) }
                th.figure { (language.words("数值", "Value")) }
                th { (language.words("单位", "Unit")) }
                th.source { (language.words("来源", "Source")) }
            } }
            tbody {
                @for input in inputs {
                    tr {
                        td { (label(language, &input.label)) }
                        td.figure { (figures::value(input, language)) }
                        td { (figures::unit(input)) }
                        td.source { (source(input, language)) }
                    }
                }
            }
        }
    }
}

fn source(input: &Input, language: Language) -> Markup {
    html! {
        @match (&input.source, input.value.is_null()) {
            (Some(cell), _) => (figures::source(cell, language)),
            (None, true) => (language.words("未记录", "not recorded")),
            (None, false) => (language.words("量算或推算", "measured or derived")),
        }
    }
}

/// Parts that the plan wants for another use are numbered as on the map.
fn parts(step: &Step, language: Language) -> Markup {
    let on_the_map = matches!(step.rule, "R-PLAN" | "R-CONFLICT");
    let parts = &step.parts;
    let mut adverse = 0;
    let numbered: Vec<(Option<usize>, &Part)> = parts
        .iter()
        .map(|part| {
            adverse += usize::from(part.adverse);
            ((part.adverse && on_the_map).then_some(adverse), part)
        })
        .collect();
    html! {
        table {
            thead { tr {
                th { (language.words("部分", "Part")) }
                th.figure { "m²" } th.figure { (language.words("亩", "mu")) } th.figure { "%" }
                th.source { (language.words("来源", "Source")) }
            } }
            tbody {
                @for (number, part) in numbered {
                    tr.adverse[part.adverse] {
                        td { @if let Some(number) = number { "(" (number) ") " } (label(language, &part.label)) }
                        @for figure in figures::part(part) { td.figure { (figure) } }
                        td.source {
                            @if let Some(cell) = &part.source { (figures::source(cell, language)) }
                            @if let Some(key) = &part.key { " · " (key) }
                        }
                    }
                }
            }
            @if parts.len() > 1 {
                tfoot { tr {
                    td { (language.words("合计", "Together")) }
                    @for figure in figures::sum(parts) { td.figure { (figure) } }
                    td {}
                } }
            }
        }
    }
}

/// Where everything comes from, and what nobody asked.
fn provenance(extract: &Extract, language: Language) -> Markup {
    html! {
        footer.provenance {
            p { (both(language,
                "本体检单由程序按上列规则文件和数据自动生成。规则只看到上表列出的输入：未登记的建筑、未录入的协议和现场情况不在其内；各规则看不到什么，见规则说明（docs/rules）。不替代法定文件和审批。",
                "Made by a program from the rules and data named here. Rules see the inputs listed above and nothing else: no unregistered buildings, no agreements that nobody entered, nothing of what stands on site; what each rule cannot see is described with it (docs/rules). It replaces no statutory document and no approval.",
            )) }
            table {
                tbody {
                    tr { td { (language.words("规则文件", "rule file")) } td { (extract.explanation.rules.version) } td.hash { "SHA-256 " (extract.explanation.rules.sha256) } }
                    @for source in &extract.sources {
                        tr { td { (language.words("数据", "data")) } td { (source.file) } td.hash { "SHA-256 " (source.sha256) } }
                    }
                }
            }
            p { (extract.tool) " · " (language.words("数据版本", "generation")) " " (extract.generation)
                @if !extract.attribution.is_empty() { " · " (extract.attribution) } }
        }
    }
}
