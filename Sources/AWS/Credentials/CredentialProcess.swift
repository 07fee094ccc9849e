import Foundation
import Subprocess

/// Runs a profile's `credential_process` and reads its JSON.
///
/// Neither its output nor its errors are ever shown.
func credentialsFromProcess(
    _ command: String,
    environment: [String: String],
    profile: String,
    now: Date
) async throws(AWSError) -> Credentials {
    let words = shellWords(command)
    guard let program = words.first else {
        throw AWSError(.misconfigured, message: "profile '\(profile)': credential_process is empty")
    }
    func failed(_ why: String) -> AWSError {
        AWSError(.noCredentials, message: "profile '\(profile)': credential_process '\(program)' \(why)")
    }
    let output: [UInt8]
    do {
        let variables = Dictionary(
            uniqueKeysWithValues: environment.map { (Subprocess.Environment.Key(stringLiteral: $0.key), $0.value) }
        )
        // The shell only looks the program up and becomes it: nothing in the words is expanded.
        let result = try await run(
            .name("sh"),
            arguments: Arguments(["-c", "exec \"$@\"", "sh"] + words),
            environment: .custom(variables),
            output: .bytes(limit: 1 << 16),
            error: .discarded
        )
        guard result.terminationStatus.isSuccess else { throw failed("ended with \(result.terminationStatus)") }
        output = result.standardOutput
    } catch let error as AWSError {
        throw error
    } catch is CancellationError {
        throw AWSError(.cancelled, message: "cancelled while credential_process ran")
    } catch {
        throw failed("could not be run")
    }
    return try decoded(output, now: now, failed: failed)
}

private struct ProcessAnswer: Decodable {
    let version: Int
    let accessKeyID: String
    let secretAccessKey: String
    let sessionToken: String?
    let expiration: String?

    private enum CodingKeys: String, CodingKey {
        case version = "Version"
        case accessKeyID = "AccessKeyId"
        case secretAccessKey = "SecretAccessKey"
        case sessionToken = "SessionToken"
        case expiration = "Expiration"
    }
}

private func decoded(
    _ output: [UInt8],
    now: Date,
    failed: (String) -> AWSError
) throws(AWSError) -> Credentials {
    guard let answer = try? JSONDecoder().decode(ProcessAnswer.self, from: Data(output)) else {
        throw failed("did not write the JSON that AWS documents")
    }
    guard answer.version == 1 else { throw failed("wrote Version \(answer.version), not 1") }
    var expiration: Date?
    if let text = answer.expiration {
        guard let date = awsDate(text) else { throw failed("wrote an Expiration that is no ISO 8601 date") }
        expiration = date
        guard date > now else { throw failed("gave credentials that have already expired") }
    }
    return Credentials(
        accessKeyID: answer.accessKeyID,
        secretAccessKey: answer.secretAccessKey,
        sessionToken: answer.sessionToken,
        expiration: expiration
    )
}

/// Words as a shell splits them: quotes and backslashes work, nothing is expanded.
func shellWords(_ text: String) -> [String] {
    var words: [String] = []
    var word = ""
    var isInWord = false
    var quote: Character?
    var isEscaped = false
    for character in text {
        if isEscaped {
            if quote == "\"", character != "\"", character != "\\" { word.append("\\") }
            word.append(character)
            isEscaped = false
        } else if character == "\\", quote != "'" {
            isEscaped = true
            isInWord = true
        } else if let open = quote {
            if character == open { quote = nil } else { word.append(character) }
        } else if character == "'" || character == "\"" {
            quote = character
            isInWord = true
        } else if character.isWhitespace {
            if isInWord { words.append(word) }
            word = ""
            isInWord = false
        } else {
            word.append(character)
            isInWord = true
        }
    }
    if isInWord { words.append(word) }
    return words
}
