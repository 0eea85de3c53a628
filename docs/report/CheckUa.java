import java.io.FileInputStream;
import java.io.InputStream;
import java.util.*;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.*;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.*;
import org.verapdf.pdfa.validation.profiles.*;
import org.verapdf.pdfa.validation.validators.ValidatorFactory;
import org.w3c.dom.*;

/** Checks files against PDF/UA-1 with the veraPDF engine; reads the profile itself, as the engine's own reader needs JAXB. */
public class CheckUa {
  static String text(Element e, String name) {
    NodeList found = e.getElementsByTagName(name);
    return found.getLength() == 0 ? "" : found.item(0).getTextContent();
  }

  static ValidationProfile profile() throws Exception {
    Set<Rule> rules = new LinkedHashSet<>();
    Set<Variable> variables = new LinkedHashSet<>();
    try (InputStream in = PDFAFlavour.class.getResourceAsStream("/org/verapdf/pdfa/validation/PDFUA-1.xml")) {
      Element root = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in).getDocumentElement();
      NodeList nodes = root.getElementsByTagName("rule");
      for (int i = 0; i < nodes.getLength(); i++) {
        Element e = (Element) nodes.item(i);
        Element id = (Element) e.getElementsByTagName("id").item(0);
        RuleId ruleId = Profiles.ruleIdFromValues(
            PDFAFlavour.Specification.valueOf(id.getAttribute("specification")),
            id.getAttribute("clause"), Integer.parseInt(id.getAttribute("testNumber")));
        List<ErrorArgument> arguments = new ArrayList<>();
        NodeList given = e.getElementsByTagName("argument");
        for (int j = 0; j < given.getLength(); j++)
          arguments.add(ErrorArgumentImpl.fromValues(given.item(j).getTextContent(), null, null));
        ErrorDetails error = Profiles.errorFromValues(text(e, "message"), arguments);
        Boolean deferred = e.hasAttribute("deferred") ? Boolean.valueOf(e.getAttribute("deferred")) : null;
        rules.add(Profiles.ruleFromValues(ruleId, e.getAttribute("object"), deferred, e.getAttribute("tags"),
            text(e, "description"), text(e, "test"), error, Collections.emptyList()));
      }
      nodes = root.getElementsByTagName("variable");
      for (int i = 0; i < nodes.getLength(); i++) {
        Element e = (Element) nodes.item(i);
        variables.add(Profiles.variableFromValues(e.getAttribute("name"), e.getAttribute("object"),
            text(e, "defaultValue"), text(e, "value")));
      }
    }
    return Profiles.profileFromValues(PDFAFlavour.PDFUA_1,
        Profiles.profileDetailsFromValues("PDF/UA-1", "", "", new Date(0)), "", rules, variables);
  }

  public static void main(String[] names) throws Exception {
    VeraGreenfieldFoundryProvider.initialise();
    ValidationProfile profile = profile();
    boolean good = true;
    for (String name : names) {
      try (PDFAParser parser = Foundries.defaultInstance().createParser(new FileInputStream(name), PDFAFlavour.PDFUA_1);
           PDFAValidator validator = ValidatorFactory.createValidator(profile, true, 500)) {
        ValidationResult result = validator.validate(parser);
        good &= result.isCompliant();
        System.out.println(name + ": " + profile.getRules().size() + " rules, " + result.getTotalAssertions()
            + " checks, " + (result.isCompliant() ? "compliant" : "NOT compliant"));
        Map<String, Integer> failed = new TreeMap<>();
        Map<String, String> where = new TreeMap<>();
        for (TestAssertion each : result.getTestAssertions())
          if (each.getStatus() == TestAssertion.Status.FAILED) {
            String key = each.getRuleId().getClause() + "-" + each.getRuleId().getTestNumber() + " " + each.getMessage();
            failed.merge(key, 1, Integer::sum);
            where.putIfAbsent(key, each.getLocation().getContext());
          }
        failed.forEach((key, count) -> System.out.println("  " + count + " x " + key + "\n      " + where.get(key)));
      }
    }
    System.exit(good ? 0 : 1);
  }
}
