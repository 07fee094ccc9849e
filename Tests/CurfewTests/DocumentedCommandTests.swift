import Foundation
import Testing

/// Every `curfew …` that a document or a unit shows is a command that the program has, with options that it has.
@Suite struct DocumentedCommandTests {
    /// One command of the program, as its parser describes it.
    private struct Node: Decodable {
        struct Argument: Decodable {
            struct Name: Decodable { let name: String }
            let names: [Name]?
        }
        let commandName: String
        let arguments: [Argument]?
        let subcommands: [Node]?
        let defaultSubcommand: String?

        var options: Set<String> { Set((arguments ?? []).flatMap { $0.names ?? [] }.map(\.name)) }
        func child(_ name: String) -> Node? { subcommands?.first { $0.commandName == name } }
    }

    private struct Dump: Decodable { let command: Node }

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../..").standardizedFileURL

    private static func documents() throws -> [URL] {
        let folder = root.appendingPathComponent("Deploy")
        let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        let all = (found?.allObjects as? [URL]) ?? []
        return all.filter { ["md", "service", "crontab", "sh"].contains($0.pathExtension) }
            + [root.appendingPathComponent("README.md")]
    }

    /// The words of each command in a text: lines of code blocks, spans of code, and what units start.
    private static func commands(in text: String) -> [String] {
        var found: [String] = []
        var isCode = false
        for line in text.components(separatedBy: "\n") {
            if line.hasPrefix("```") { isCode.toggle() }
            if isCode || line.hasPrefix("ExecStart=") || line.contains("exec /usr/lib/curfew/curfew-cron ") {
                found.append(line.trimmingCharacters(in: .whitespaces))
            } else {
                found += line.matches(of: /`((?:sudo )?curfew [^`]+)`/).map { String($0.1) }
            }
        }
        return found.flatMap { line -> [String] in
            // Without comments, and each part of a chain by itself.
            let code = line.components(separatedBy: " #")[0].replacing("; see: ", with: " && ")
            return code.split(separator: /\s(?:&&|\||;)\s|\s{3,}/).compactMap { part in
                let bare = part.replacing(
                    /^(?:ExecStart=)?(?:.*exec \/usr\/lib\/curfew\/curfew-cron |(?:sudo (?:-u \S+ |--\S+ )*)?(?:\/usr\/bin\/)?curfew )/,
                    with: "curfew "
                )
                return bare.hasPrefix("curfew ") ? String(bare) : nil
            }
        }
    }

    /// What is wrong with a command; nil when the program has it.
    private static func mistake(in command: String, of program: Node) -> String? {
        // What stands between quotes is somebody's text.
        let words = command.replacing(/"[^"]*"/, with: "TEXT").split(separator: " ").dropFirst().map(String.init)
        var node = program
        var path = [program]
        var rest = words[...]
        while let word = rest.first, let next = node.child(word) {
            node = next
            path.append(next)
            rest = rest.dropFirst()
        }
        if let name = node.defaultSubcommand, let implied = node.child(name) { path.append(implied) }
        // A command that only gathers others takes no words of its own.
        if node.subcommands?.isEmpty == false, node.defaultSubcommand == nil, let word = rest.first,
            word.first?.isLowercase == true
        {
            return "\(node.commandName) has no command \(word)"
        }
        let options = path.reduce(into: Set<String>()) { $0.formUnion($1.options) }
        for word in rest where word.hasPrefix("--") {
            let name = String(word.dropFirst(2).prefix { $0.isLetter || $0 == "-" })
            if name != "help", !options.contains(name) { return "\(node.commandName) has no --\(name)" }
        }
        return nil
    }

    private static func program() async throws -> Node {
        let help = try await Program.run(["--experimental-dump-help"], variables: ["HOME": "/nonexistent"], in: "/tmp")
        return try JSONDecoder().decode(Dump.self, from: Data(help.output.utf8)).command
    }

    @Test func `every command in the documents, units and crontabs is one of the program`() async throws {
        let program = try await Self.program()
        var count = 0
        for file in try Self.documents() {
            let text = try String(contentsOf: file, encoding: .utf8)
            for command in Self.commands(in: text) {
                count += 1
                let mistake = Self.mistake(in: command, of: program)
                #expect(mistake == nil, "\(file.lastPathComponent): \(command)")
            }
        }
        // Fewer would mean that the documents are not read as they are written.
        #expect(count > 100)
    }

    @Test func `what the program does not have is noticed`() async throws {
        let program = try await Self.program()
        for wrong in ["curfew frobnicate", "curfew plan --dew", "curfew database stopp --json", "curfew list --nope=3"]
        {
            #expect(Self.mistake(in: wrong, of: program) != nil, "\(wrong)")
        }
        #expect(Self.mistake(in: "curfew plan --due", of: program) == nil)
        #expect(
            Self.commands(in: "`curfew list`\n```\nsudo -u x curfew scan --full | less   # a\n```") == [
                "curfew list", "curfew scan --full",
            ]
        )
    }
}
