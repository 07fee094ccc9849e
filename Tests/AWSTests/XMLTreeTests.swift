import TestSupport
import Testing

@testable import AWS

@Suite struct XMLTreeTests {
    private func tree(_ text: String) throws(XMLError) -> XMLTree { try parsedXML(Array(text.utf8)) }

    @Test func `elements, entities, CDATA, comments and prefixes`() throws {
        let root = try tree(
            "<?xml version='1.0'?><n:a x='1'> <b>1 &lt; 2</b><!-- c --><b><![CDATA[<&>]]>ä&#10;</b></n:a>"
        )
        #expect(root.name == "a")
        #expect(root.all("b").map(\.text) == ["1 < 2", "<&>ä\n"])
        #expect(root.text("c") == nil)
    }

    @Test(arguments: [
        "", " ", "<a>", "<a></b>", "<a/><b/>", "text", "<a>&nbsp;</a>", "<a>\u{1}</a>", "{\"a\":1}",
        "<!DOCTYPE html><a/>", "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
    ])
    func `what is no document is an error`(text: String) {
        #expect(throws: XMLError.self) { try tree(text) }
    }

    @Test func `a hundred levels are enough`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)
        }
        #expect(try tree(nested(100)).name == "a")
        #expect(throws: XMLError.self) { try tree(nested(101)) }
    }

    @Test func `every cut of an answer is an error`() throws {
        let whole = answer("DescribeStacks", "<Stacks>\(stackXML("a"))</Stacks>").body
        #expect(throws: Never.self) { try tree(whole) }
        for end in 0..<whole.utf8.count {
            #expect(throws: XMLError.self) { try parsedXML(Array(whole.utf8.prefix(end))) }
        }
    }
}
