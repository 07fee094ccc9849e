import ArgumentParser
import Settings

extension PolicyCommand {
    struct Schema: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the JSON Schema of policy files, for editors and pipelines.",
            discussion: """
                Examples:
                  curfew policy schema > curfew-policy.schema.json
                  curfew policy schema --tests > curfew-policy-tests.schema.json

                Editors with a YAML language server take it by a comment in the first line of a policy:
                  # yaml-language-server: $schema=curfew-policy.schema.json
                `curfew policy check` finds more, such as accounts and people that the settings do not know.
                """
        )
        @OptionGroup var common: CommonOptions
        @Flag(help: "Of files of cases, as `curfew policy test` takes them.") var tests = false

        func perform(_ shell: Shell) async throws -> ExitStatus {
            shell.print(String(decoding: (tests ? PolicySchema.tests : .policy).bytes, as: UTF8.self))
            return .done
        }
    }
}
