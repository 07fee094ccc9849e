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
        abstract: "Check database, clocks, policy, and the identity and rights in every account.",
        discussion: "Examples:\n  curfew doctor\n  curfew doctor --json"
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions

    struct Finding: Encodable {
        let check: String
        let ok: Bool
        let text: String
    }

    /// `curfew doctor --json`: each check with what it found.
    struct Report: Encodable {
        let checks: [Finding]
    }

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            var findings: [Finding] = []
            var status = ExitStatus.done
            func note(_ check: String, _ body: () async throws -> String) async {
                do { findings.append(Finding(check: check, ok: true, text: try await body())) } catch {
                    let problem = Problem(error)
                    findings.append(Finding(check: check, ok: false, text: problem.description))
                    status = status.and(ExitStatus(problem.kind))
                }
            }
            await note("settings") { "\(session.found.file): \(session.found.settings.accounts.count) accounts" }
            await note("database") { try await database(session) }
            await note("audit log") { try await audit(session) }
            await note("people") { try await people(session) }
            for account in session.found.settings.accounts {
                for target in account.targets { await note("account \(target)") { try await reach(target, session) } }
            }
            await note("clocks") {
                try await session.wiring.checkClocks()
                return "this machine, the database and the provider agree"
            }
            await note("policy") { try await policy(session) }
            await note("breaker") {
                let holds = try await session.ledger.accounts().compactMap(\.hold)
                guard let first = holds.first else { return "no account is held" }
                throw Problem(.configuration, holds.map(\.text).joined(separator: "; "), advice: first.remedy)
            }
            await note("pause") {
                if let reason = shell.pauseReason() {
                    throw Problem(.configuration, reason, advice: "remove it, and nothing is paused here any more")
                }
                if let reason = try await session.ledger.pauseReason() {
                    throw Problem(.configuration, "everything is paused: \(reason)", advice: "end it: curfew resume")
                }
                return "nothing is paused"
            }
            if output.json {
                shell.print(JSONText.render(Report(checks: findings)))
            } else {
                for finding in findings {
                    shell.print("\(finding.ok ? "ok   " : "FAIL ") \(finding.check): \(finding.text)")
                }
            }
            return status
        }
    }

    private func database(_ session: Session) async throws -> String {
        let login = try await session.ledger.login()
        let rights = login.isOperator ? "an operator" : "no operator"
        guard login.embedded else { return "configured by its address; you are \(login.name), \(rights)" }
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
        return "you are \(person.name), in the groups: \(person.groups.sorted().joined(separator: ", "))"
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
        let names = aliases + [session.found.settings.accountNames[target.account]].compactMap(\.self)
        guard let alarm = AccountGuard.alarm(inAnyOf: names) else {
            return "reached; aliases: \(aliases.isEmpty ? "none" : aliases.joined(separator: ", "))"
        }
        return "reached; called “\(alarm.text)”, so nothing is ever torn down there"
    }

    private func policy(_ session: Session) async throws -> String {
        let (revision, set) = try await session.wiring.policyInForce()
        let file = session.found.policyFile
        guard FileManager.default.fileExists(atPath: file) else {
            return "revision \(revision.number) is in force, \(set.policies.count) policies"
        }
        let text = try session.shell.policyText(file)
        guard Digest(of: text) == revision.hash else {
            throw Problem(
                .configuration,
                "\(file) differs from revision \(revision.number), which is in force",
                advice: "apply it if that is meant: curfew policy apply \(file)"
            )
        }
        return "revision \(revision.number) of \(file) is in force"
    }
}
