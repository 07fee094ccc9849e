import Core
import Foundation
import Testing

@Suite struct JudgementDigestTests {
    /// What is written down of it.
    private func written(_ judgement: Judgement) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return try encoder.encode(judgement)
    }

    @Test func `judgements have one digest exactly where one text is written of them`() throws {
        var numbers = SeededNumbers(state: 71)
        var texts: [Digest: Data] = [:]
        var digests: [Data: Digest] = [:]
        for _ in 0..<400 {
            let facts = numbers.facts()
            let set = numbers.policySet()
            for moment in [noon, noon, daysFromNow(1), daysFromNow(40)] {
                let judgement = judge(facts, set, now: moment)
                let text = try written(judgement)
                #expect(texts[judgement.digest, default: text] == text)
                #expect(digests[text, default: judgement.digest] == judgement.digest)
                texts[judgement.digest] = text
                digests[text] = judgement.digest
            }
        }
        #expect(texts.count > 200)
    }
}
