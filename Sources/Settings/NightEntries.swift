import Core
import Foundation

extension YAMLEntry {
    /// How the nightly job runs, and who hears of it.
    func night() -> NightSettings? {
        let example = "{ within: 2h, every: 26h, ping: \"env:HEALTHCHECK_URL\" }"
        guard let parts = mapping(["within", "every", "ping", "metrics"], example: example) else { return nil }
        var night = NightSettings()
        night.within = parts["within"]?.duration(.seconds(60) ... .days(2), example: "2h") ?? night.within
        night.every = parts["every"]?.duration(.hours(1) ... .days(60), example: "26h") ?? night.every
        night.ping = parts["ping"]?.secretReference(example: "env:HEALTHCHECK_URL")
        night.metrics = parts["metrics"]?.metrics()
        return night
    }

    /// Prometheus's textfile collector reads what ends in `.prom`, and nothing else.
    private func metrics() -> String? {
        let example = "/var/lib/prometheus/node-exporter/curfew.prom"
        guard let file = text("a file that ends in `.prom`", example: example) else { return nil }
        guard file.hasSuffix(".prom"), !file.hasSuffix("/.prom"), file != ".prom" else {
            return unexpected("a file that ends in `.prom`", example: example)
        }
        return file
    }

    /// How the weekly mail looks.
    func report() -> ReportSettings? {
        let example = "{ templates: ./templates, zone: Europe/Berlin }"
        guard let parts = mapping(["templates", "zone"], example: example) else { return nil }
        var report = ReportSettings()
        report.templates = parts["templates"]?.text("a folder", example: "./templates")
        // The name as written: Foundation knows some zones by another.
        if let zone = parts["zone"], zone.zone() != nil { report.zone = zone.scalar ?? report.zone }
        return report
    }

    /// How long what was recorded is kept.
    func retention() -> RetentionSettings? {
        let example = "{ scans: 90d, evaluations: 400d, messages: 180d, audit: never }"
        let keys = ["scans", "evaluations", "messages", "audit"]
        guard let parts = mapping(keys, example: example) else { return nil }
        var retention = RetentionSettings()
        // Less would take away what reports of a month compare, and what tells a message sent from one not sent.
        let kept: ClosedRange<Duration> = .days(30)...DurationText.longest
        retention.scans = parts["scans"]?.duration(kept, example: "90d") ?? retention.scans
        retention.evaluations = parts["evaluations"]?.duration(kept, example: "400d") ?? retention.evaluations
        retention.messages = parts["messages"]?.duration(kept, example: "180d") ?? retention.messages
        if let audit = parts["audit"], audit.scalar != "never" {
            retention.audit = audit.auditRetention()
        }
        return retention
    }

    private func auditRetention() -> Duration? {
        guard let text = scalar, let duration = DurationText.parse(text), duration >= .days(365) else {
            return unexpected("`never`, or a duration of at least 365d", example: "never")
        }
        return duration
    }
}
