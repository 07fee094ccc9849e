import ArgumentParser
import Core
import Foundation
import Operations
import Reports
import Settings

extension PolicyCommand {
    struct Test: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try a policy on cases: what is known, the day, the verdict that is expected.",
            discussion: """
                Examples:
                  curfew policy test                            policy.tests.yaml beside the settings' policy.yaml
                  curfew policy test strict.tests.yaml --policy strict.yaml --junit results.xml

                A file of cases:
                  cases:
                    - name: an idle copy is stale
                      at: 2026-03-20
                      environment: { name: feat-x, created: 30d ago, changed: 9d ago }
                      expect: { verdict: stale, policy: feature-environments, clause: "idle: 7d" }

                Beside name and created an environment can have space, accounts, class, newest, changed, claimed,
                extended: { until, at, count }, protected, released, partly_reaped, tags, runtimes, images, owners and
                reading; expect can have verdict, policy, clause and changes. Neither a database nor AWS is asked.
                Exit status 65 when a case does not hold or a file cannot be read as what it should be.
                """
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "Files of cases.") var files: [String] = []
        @Option(
            help: ArgumentHelp(
                "Try this policy instead of the one that the cases name; several times for several files.",
                valueName: "file"
            )
        )
        var policy: [String] = []
        @Option(help: ArgumentHelp("Write the results as JUnit XML, for CI systems.", valueName: "file"))
        var junit: String?

        func perform(_ shell: Shell) async throws -> ExitStatus {
            // Only where a file is not named do the settings have a say: CI has the policy, and may have nothing else.
            let found = files.isEmpty || common.settings != nil ? try shell.settings(common) : nil
            let files = files.isEmpty ? try Self.beside(shell, found) : files
            let table = try found.map { (found) throws(Problem) in try shell.runtimeTable(found) } ?? embedded()
            var reports: [PolicyTestReport] = []
            for file in files { reports.append(try report(file, found, table, shell)) }
            if let junit { try shell.write(PolicyTestJUnit.xml(reports), toFile: junit) }
            shell.print(
                output.json
                    ? JSONText.render(reports.map(PolicyTestJSON.init))
                    : reports.map { $0.text(on: shell.canvas()) }.joined(separator: "\n")
            )
            return reports.allSatisfy(\.failed.isEmpty) ? .done : ExitStatus(.data)
        }

        private func report(
            _ file: String,
            _ found: FoundSettings?,
            _ table: RuntimeTable,
            _ shell: Shell
        ) throws -> PolicyTestReport {
            let tests: PolicyTestFile
            do { tests = try PolicyTestFile.parse(try shell.read(file), file: file, table: table) } catch let error
                as SettingsProblems
            { throw Problem(.data, error.description) }
            let named = policy.isEmpty ? tests.policies.map { Self.path($0, beside: file) } : policy
            let texts = try shell.policyTexts(named.isEmpty && found == nil ? [Self.policy(of: file)] : named, found)
            let set = try texts.meaning(nil)
            return PolicyTestReport(file: file, policy: texts.names, results: tests.cases.map { $0.run(set) })
        }

        private func embedded() throws(Problem) -> RuntimeTable {
            do { return try RuntimeTableFile.embedded() } catch { throw Problem(.bug, "\(error)") }
        }

        /// The files of cases beside the settings' policy files: of one, it has to be there; of several, those that are.
        private static func beside(_ shell: Shell, _ found: FoundSettings?) throws -> [String] {
            let policies = try shell.policyTexts([], found).paths
            let files = policies.map(beside)
            guard policies.count > 1 else { return files }
            let there = files.filter { FileManager.default.fileExists(atPath: $0) }
            guard !there.isEmpty else {
                throw Problem(
                    .data,
                    "beside \(policies.count) policy files there is no file of cases",
                    advice: "write one, such as \(files[0])"
                )
            }
            return there
        }

        /// `policy.tests.yaml` for `policy.yaml`.
        private static func beside(_ policy: String) -> String {
            let url = URL(fileURLWithPath: policy)
            let name = url.deletingPathExtension().lastPathComponent
            return path("\(name).tests.\(url.pathExtension.isEmpty ? "yaml" : url.pathExtension)", beside: policy)
        }

        /// `policy.yaml` for `policy.tests.yaml`.
        private static func policy(of file: String) -> String {
            file.contains(".tests.") ? file.replacing(".tests.", with: ".") : "policy.yaml"
        }

        private static func path(_ path: String, beside file: String) -> String {
            guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
            return file[...slash] + path
        }
    }
}
