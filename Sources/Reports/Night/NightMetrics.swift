package import Foundation

/// A night as metrics in Prometheus's text format, for the textfile collector of its node exporter.
package struct NightMetrics: Sendable {
    package var numbers: [String: Double]
    package var status: Int32
    package var endedAt: Date
    /// When a night last left nothing undone; nil when that is not known.
    package var lastSuccess: Date?

    package init(numbers: [String: Double], status: Int32, endedAt: Date, lastSuccess: Date?) {
        self.numbers = numbers
        self.status = status
        self.endedAt = endedAt
        self.lastSuccess = lastSuccess
    }

    private static let success = "curfew_night_last_success_timestamp_seconds"

    /// When the night of an earlier text last succeeded: kept where the database cannot be asked.
    package static func lastSuccess(in text: String) -> Date? {
        let line = text.split(separator: "\n").first { $0.hasPrefix("\(success) ") }
        return line?.split(separator: " ").last.flatMap { Double($0) }.map { Date(timeIntervalSince1970: $0) }
    }

    package var text: String {
        var lines: [String] = []
        func add(_ name: String, _ help: String, _ samples: [(labels: String, value: Double?)]) {
            let known = samples.compactMap { sample in sample.value.map { (sample.labels, $0) } }
            guard !known.isEmpty else { return }
            lines += ["# HELP \(name) \(help)", "# TYPE \(name) gauge"]
            lines += known.map { "\(name)\($0.0) \(Self.number($0.1))" }
        }
        func add(_ name: String, _ help: String, _ key: String) { add(name, help, [("", numbers[key])]) }
        add(Self.success, "When a night last left nothing undone.", [("", lastSuccess?.timeIntervalSince1970)])
        add(
            "curfew_night_last_run_timestamp_seconds",
            "When the last night ended.",
            [("", endedAt.timeIntervalSince1970)]
        )
        add("curfew_night_status", "Exit status of the last night.", [("", Double(status))])
        add("curfew_night_duration_seconds", "How long the last night took.", "duration_seconds")
        add("curfew_targets_read", "Targets that were read completely.", "targets_read")
        add("curfew_targets_failed", "Targets that were not read completely.", "targets_failed")
        add("curfew_aws_calls", "Calls of the last scan to AWS.", "aws_calls")
        add("curfew_environments", "Environments by verdict.", labelled("verdict_", as: "verdict"))
        add("curfew_findings", "Findings by state.", labelled("finding_", as: "state"))
        add("curfew_unowned", "Environments that nobody owns.", "unowned")
        add("curfew_partly_reaped", "Environments of which a teardown left a part.", "partly_reaped")
        add("curfew_plans_made", "Plans that the last night made.", "plans_made")
        add("curfew_plans_kept", "Plans of earlier nights that stand as they were.", "plans_kept")
        add("curfew_plans_blocked", "Plans that something stands in the way of.", "plans_blocked")
        add("curfew_plans_deferred", "Environments that a budget held back.", "deferred")
        add("curfew_plans_awaiting_approval", "Plans that wait for a yes.", "plans_awaiting_approval")
        add("curfew_plans_approved", "Plans that wait for the reaper.", "plans_approved")
        add("curfew_reaped", "Environments taken down since the night before.", "reaped")
        add("curfew_leftovers", "What teardowns left behind.", "leftovers")
        add("curfew_messages", "Messages of the last night by outcome.", labelled("messages_", as: "outcome"))
        return lines.joined(separator: "\n") + "\n"
    }

    private func labelled(_ prefix: String, as label: String) -> [(labels: String, value: Double?)] {
        numbers.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }
            .map { ("{\(label)=\"\($0.key.dropFirst(prefix.count))\"}", $0.value) }
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }
}
