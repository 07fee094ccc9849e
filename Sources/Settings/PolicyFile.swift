package import Core
package import Foundation

/// Reads the policy files.
package enum PolicyFile {
    static let example = "policies: [{ name: features, applies_to: { name: \"feat-*\" }, stale_when: { idle: 7d } }]"

    /// The policies that the bytes say, or everything that is wrong with them.
    ///
    /// Problems are reported under the name `file`; nothing is read from it. Where `settings` are known, the accounts,
    /// spaces, people and groups that the policies name must be among them.
    package static func parse(
        _ bytes: Data,
        file: String,
        knowing settings: Settings? = nil
    ) throws(SettingsProblems) -> PolicySet {
        try parse([(file, bytes)], knowing: settings)
    }

    /// The same of several files, in the order in which their policies are to decide.
    ///
    /// Everything that is wrong in any of them is reported at once. What is said once for all policies may stand in one
    /// of the files only.
    package static func parse(
        _ files: [(name: String, bytes: Data)],
        knowing settings: Settings? = nil
    ) throws(SettingsProblems) -> PolicySet {
        var reading = PolicyFilesReading(isOnly: files.count == 1)
        var problems: [SettingsProblem] = []
        for file in files {
            // What one file says is also held against the others where it has other mistakes.
            do throws(SettingsProblems) {
                _ = try YAMLDocument.read(file.bytes, file: file.name, example: example) { entry in
                    reading.read(entry, settings, file: file.name)
                }
            } catch {
                problems += error.problems
            }
        }
        guard problems.isEmpty else { throw SettingsProblems(problems: problems) }
        guard !reading.set.policies.isEmpty else {
            let names = files.map(\.name).joined(separator: ", ")
            throw SettingsProblems(
                problems: [
                    SettingsProblem(
                        file: names.isEmpty ? "the policy" : names,
                        line: 0,
                        column: 0,
                        message: "there is no policy",
                        advice: "for example `\(example)`",
                        isOption: false
                    )
                ]
            )
        }
        return reading.set
    }
}

extension YAMLEntry {
    func policy(_ settings: Settings?) -> Policy? {
        let keys = [
            "name", "applies_to", "stale_when", "not_before", "max_age", "sightings", "warn", "extension", "approval",
            "reject_hold",
        ]
        guard
            let parts = mapping(
                keys,
                required: ["name", "applies_to", "stale_when"],
                example: "{ name: features, applies_to: { name: \"feat-*\" }, stale_when: { idle: 7d } }"
            )
        else { return nil }
        // Everything is read before anything is given up, so that all problems are reported together.
        let name = parts["name"]?.policyName()
        let scope = parts["applies_to"]?.scope(settings)
        let condition = parts["stale_when"]?.condition(depth: 0)
        let notBefore = parts["not_before"]?.duration(.zero ... .days(365), example: "2d")
        let maxAge = parts["max_age"]?.duration(.hours(1) ... .days(3_650), example: "60d")
        let sightings = parts["sightings"]?.sightings()
        let warning = parts["warn"]?.warning()
        let extending = parts["extension"]?.extending()
        let approval = parts["approval"]?.approval(settings)
        let rejectHold = parts["reject_hold"]?.duration(.zero ... .days(365), example: "7d")
        guard let name, let scope, let condition else { return nil }

        var policy = Policy(name: name, scope: scope, staleWhen: condition, maxAge: maxAge)
        policy.notBefore = notBefore ?? policy.notBefore
        policy.sightings = sightings ?? policy.sightings
        policy.warning = warning?.0 ?? policy.warning
        policy.unownedGrace = warning?.unowned ?? policy.unownedGrace
        policy.extending = extending ?? policy.extending
        policy.approval = approval ?? policy.approval
        policy.rejectHold = rejectHold ?? policy.rejectHold
        return policy
    }

    private func policyName() -> String? {
        guard let text = scalar, (1...60).contains(text.unicodeScalars.count),
            text.unicodeScalars.allSatisfy({
                $0.isASCII && ($0.properties.isAlphabetic || "0123456789-_.".unicodeScalars.contains($0))
            })
        else {
            return unexpected("up to 60 letters, digits, `-`, `_` and `.`", example: "feature-environments")
        }
        return text
    }

    private func sightings() -> Sightings? {
        guard let parts = mapping(["count", "apart"], example: "{ count: 2, apart: 12h }") else { return nil }
        var sightings = Sightings()
        sightings.count = parts["count"]?.integer(1...100, example: 2) ?? sightings.count
        sightings.apart = parts["apart"]?.duration(.zero ... .days(30), example: "12h") ?? sightings.apart
        return sightings
    }

    /// With the grace of what nobody owns, where it is said.
    private func warning() -> (Warning, unowned: Duration?)? {
        let example = "{ before: 3d, remind: [1d], unowned: 14d }"
        if let text = scalar {
            return text == "none" ? (Warning.none, nil) : unexpected("`none` or a mapping", example: example)
        }
        guard let parts = mapping(["before", "remind", "unowned"], example: example) else { return nil }
        let before = parts["before"]?.duration(.hours(1) ... .days(365), example: "3d") ?? .days(3)
        let unowned = parts["unowned"].flatMap { $0.unownedGrace(before) }
        guard let remind = parts["remind"] else {
            // The usual reminder a day before, where there is a day.
            return (.before(before, remind: before > .days(1) ? [.days(1)] : []), unowned)
        }
        let items = remind.items("a list of durations", example: "[2d, 1d]", orSingle: true, orNone: true) ?? []
        let reminders = items.compactMap { item -> Duration? in
            guard let duration = item.duration(.hours(1) ... .days(365), example: "1d") else { return nil }
            guard duration < before else {
                return item.wrong(
                    "`\(item.path)` is \(DurationText.format(duration)), which is not less than `before`",
                    "reminders come between the warning and the end, for example `{ before: 3d, remind: [1d] }`"
                )
            }
            return duration
        }
        return (.before(before, remind: reminders.sorted(by: >)), unowned)
    }

    private func unownedGrace(_ before: Duration) -> Duration? {
        guard let duration = duration(.hours(1) ... .days(365), example: "14d") else { return nil }
        guard duration >= before else {
            return wrong(
                "`\(path)` is \(DurationText.format(duration)), which is less than `before`",
                "what nobody owns has a grace that is longer, or as long: `{ before: 3d, unowned: 14d }`"
            )
        }
        return duration
    }

    private func extending() -> Core.Extension? {
        guard let parts = mapping(["each", "at_most"], example: "{ each: 7d, at_most: 3 }") else { return nil }
        var extending = Core.Extension()
        extending.each = parts["each"]?.duration(.hours(1) ... .days(365), example: "7d") ?? extending.each
        extending.atMost = parts["at_most"]?.integer(0...1_000, example: 3) ?? extending.atMost
        return extending
    }

    func budgets() -> Budgets? {
        let example = "{ per_run: 20, per_day: 30, per_account: 10, per_owner: 5, share: 10% }"
        guard let parts = mapping(BudgetName.allCases.map(\.rawValue), example: example) else { return nil }
        var budgets = Budgets()
        let range = 1...100_000
        budgets.perRun = parts["per_run"]?.integer(range, example: budgets.perRun) ?? budgets.perRun
        budgets.perDay = parts["per_day"]?.integer(range, example: budgets.perDay) ?? budgets.perDay
        budgets.perAccount = parts["per_account"]?.integer(range, example: budgets.perAccount) ?? budgets.perAccount
        budgets.perOwner = parts["per_owner"]?.integer(range, example: budgets.perOwner) ?? budgets.perOwner
        budgets.share = parts["share"]?.share() ?? budgets.share
        return budgets
    }

    /// Per cent with at most two decimals, so that rounding up is exact.
    private func share() -> Budgets.Share? {
        let digits = scalar.flatMap { $0.hasSuffix("%") ? $0.dropLast() : nil } ?? ""
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        let decimals = parts.count == 2 ? String(parts[1]) : ""
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) }),
            decimals.count <= 2, let whole = Int(parts[0]), whole <= 100,
            let part = Int(decimals.padding(toLength: 2, withPad: "0", startingAt: 0)),
            (1...10_000).contains(whole * 100 + part)
        else { return unexpected("a percentage from 0.01% to 100%", example: "10%") }
        return Budgets.Share(hundredths: whole * 100 + part)
    }
}

extension Character {
    var isASCIIDigit: Bool { isASCII && isNumber }
}

extension Duration {
    static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }
    static func hours(_ count: Int) -> Duration { .seconds(count * 3_600) }
}
