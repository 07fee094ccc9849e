import ArgumentParser
import Core
import Foundation
import Ledger
import Operations
import Reports
import Settings

struct DoctorCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check settings, secrets, mail, database, clocks, policy, and identity and rights in every account.",
        discussion: """
            Every reading call that scanning and planning need is tried; nothing is changed, sent or deleted.

            Examples:
              curfew doctor
              curfew doctor --settings-only
              curfew doctor --json
            """
    )

    @Flag(name: .long, help: "Only say which settings are in effect, and where each comes from.")
    var settingsOnly = false

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions

    /// `curfew doctor --json`: each check with what it found.
    struct Report: Encodable {
        let checks: [DoctorFinding]
        let summary: DoctorSummary
        let settings: [Setting]
    }

    /// One setting in effect; secrets are the references to them.
    struct Setting: Encodable {
        let key: String
        let value: String?
        let from: String

        init(_ setting: EffectiveSetting) {
            key = setting.key
            value = setting.value
            from = setting.origin.description
        }
    }

    func perform(_ shell: Shell) async throws -> ExitStatus {
        if settingsOnly {
            show(try shell.settings(common), nil, on: shell, all: true)
            return .done
        }
        return try await shell.session(common) { session in
            var findings: [DoctorFinding] = []
            var status = ExitStatus.done
            func note(_ check: String, _ body: () async throws -> DoctorWord) async {
                do {
                    let word = try await body()
                    findings.append(DoctorFinding(check: check, level: word.level, text: word.text))
                } catch {
                    let problem = Problem(error)
                    findings.append(DoctorFinding(check: check, level: .problem, text: problem.description))
                    status = status.and(ExitStatus(problem.kind))
                }
            }
            await note("settings") {
                .ok("\(session.found.file): \(Canvas.counted(session.found.settings.accounts.count, "account"))")
            }
            let checks = DoctorChecks(session: session)
            for (key, reference) in session.found.settings.secretReferences {
                await note("secret \(key)") { .ok(try await checks.secret(key, reference)) }
            }
            for place in checks.places { await note("place \(place.key)") { .ok(try place.check()) } }
            // What its folder or program lacks was said just now.
            let isPlaced = !findings.contains { $0.check.hasPrefix("place mail.") && !$0.ok }
            if isPlaced { await note("mail") { try await checks.mailReached() } }
            for settings in session.found.settings.repositories {
                await note("repository \(settings.repository.place)") {
                    try await checks.repository(settings.repository)
                }
            }
            await note("database") { .ok(try await database(session)) }
            await note("audit log") { .ok(try await audit(session)) }
            await note("people") { .ok(try await people(session)) }
            let targets = DoctorTargets(session: session)
            if let organization = session.found.settings.organization {
                await note("organization") { try await targets.organization(organization) }
            }
            for account in session.found.settings.accounts where account.enabledRegions != nil {
                await note("regions \(account.id)") { try await targets.regions(of: account) }
            }
            for unread in try await session.unreadTargets() {
                await note("target \(unread.what)") {
                    .warning(unread.advice.isEmpty ? unread.why : "\(unread.why); \(unread.advice)")
                }
            }
            var reached: [Target] = []
            for target in session.found.settings.accounts.flatMap(\.targets) {
                await note("account \(target)") {
                    let text = try await reach(target, session)
                    reached.append(target)
                    return .ok(text)
                }
            }
            let rights = RightsCheck(
                session.wiring.provider,
                alarms: session.found.settings.reap.alarms,
                trails: session.found.settings.owners.asksCloudTrail ? session.aws.provider : nil,
                signals: (session.wiring.signals, session.aws.provider),
                costs: (session.found.settings.cost, session.aws.provider),
                now: session.wiring.clock()
            )
            for tried in await rights.tried(in: reached) { await note("rights \(tried.target)") { try tried.said() } }
            await note("clocks") {
                try await session.wiring.checkClocks()
                return .ok("this machine, the database and the provider agree")
            }
            await note("night") { try await checks.night() }
            await note("policy") { try await policy(session) }
            await note("breaker") {
                let holds = try await session.ledger.accounts().compactMap(\.hold)
                guard let first = holds.first else { return .ok("no account is held") }
                throw Problem(.configuration, holds.map(\.text).joined(separator: "; "), advice: first.remedy)
            }
            await note("pause") {
                if let reason = shell.pauseReason() {
                    throw Problem(.configuration, reason, advice: "remove it, and nothing is paused here any more")
                }
                if let reason = try await session.ledger.pauseReason() {
                    throw Problem(.configuration, "everything is paused: \(reason)", advice: "end it: curfew resume")
                }
                return .ok("nothing is paused")
            }
            show(session.found, findings, on: shell, all: false)
            return status
        }
    }

    /// `findings`: nil where nothing was checked.
    private func show(_ found: FoundSettings, _ findings: [DoctorFinding]?, on shell: Shell, all: Bool) {
        let settings = found.layers.effective.map(Setting.init)
        // Those of the settings were said when they were read.
        let summary = DoctorSummary(findings ?? [], warned: shell.warnings)
        if output.json {
            shell.print(JSONText.render(Report(checks: findings ?? [], summary: summary, settings: settings)))
            return
        }
        for finding in findings ?? [] { shell.print("\(finding.level.word) \(finding.check): \(finding.text)") }
        for setting in settings where setting.value != nil && (all || setting.from != "default") {
            shell.print("\(all ? "" : "set   ")\(setting.key) = \(setting.value ?? "") (\(setting.from))")
        }
        if findings != nil { shell.print(summary.text) }
    }

    private func database(_ session: Session) async throws -> String {
        let login = try await session.ledger.login()
        let roles = login.roles.map(\.rawValue).sorted().joined(separator: ", ")
        let rights = (login.isOperator ? "an operator" : "no operator") + (roles.isEmpty ? "" : " (\(roles))")
        guard login.embedded else {
            return "configured by its address, its schema is up to date; you are \(login.name), \(rights)"
        }
        return "private, in \(session.shell.dataFolder); you are \(login.name), \(rights); "
            + "its rules protect against bugs, not against you: you own the cluster"
    }

    private func audit(_ session: Session) async throws -> String {
        let unsealed = try await session.ledger.unsealedCount()
        return unsealed == 0
            ? "every entry is sealed" : "\(unsealed) not sealed yet, which the next command that changes something does"
    }

    private func people(_ session: Session) async throws -> String {
        let login = try await session.ledger.login()
        guard let person = session.wiring.person(of: login) else {
            throw Problem(
                .configuration,
                "no person in the settings file has the login \(login.name): you own nothing and approve nothing",
                advice: "people: { ada: { logins: [\(login.name)], groups: [platform] } }"
            )
        }
        let groups = person.groups.sorted().joined(separator: ", ")
        return "you are \(person.name), \(groups.isEmpty ? "in no group" : "in the groups: \(groups)")"
    }

    private func reach(_ target: Target, _ session: Session) async throws -> String {
        let account = try await session.wiring.provider.identity(for: target)
        guard account == target.account else {
            throw Problem(
                .configuration,
                "the credentials belong to account \(account)",
                advice: "correct the profile or role in the settings file"
            )
        }
        let aliases = try await session.wiring.provider.aliases(of: target)
        let names =
            aliases
            + [
                session.found.settings.accountNames[target.account],
                session.wiring.organizationNames?.names[target.account],
            ].compactMap(\.self)
        guard let alarm = AccountGuard.alarm(inAnyOf: names) else {
            return "reached; aliases: \(aliases.isEmpty ? "none" : aliases.joined(separator: ", "))"
        }
        return "reached; called “\(alarm.text)”, so nothing is ever torn down there"
    }

    private func policy(_ session: Session) async throws -> DoctorWord {
        let (revision, set) = try await session.wiring.policyInForce()
        let today = set.budgetDay(at: session.wiring.clock())
        let ending = set.window?.holidays.compactMap { $0.trouble(on: today) } ?? []
        func word(_ text: String) -> DoctorWord {
            ending.isEmpty
                ? .ok(text)
                : .warning("\(text); \(ending.joined(separator: "; ")): a newer file, then curfew policy apply")
        }
        guard let texts = try session.shell.policyTextsIfAny(session.found) else {
            return word("revision \(revision.number) is in force, \(set.policies.count) policies")
        }
        if let difference = texts.difference(from: revision) {
            throw Problem(
                .configuration,
                difference,
                advice: "look: curfew policy diff; if it is meant: \(texts.applying)"
            )
        }
        return word("revision \(revision.number) of \(texts.names) is in force")
    }
}
