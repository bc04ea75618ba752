import { launchBrowser } from './browser.js';
import { startJupyter } from './jupyter.js';
const nb = JSON.stringify({cells:[{cell_type:'code',id:'a',metadata:{},source:'1+1',outputs:[],execution_count:null}],metadata:{kernelspec:{name:'python3',display_name:'x'}},nbformat:4,nbformat_minor:5});
async function main(){
console.time('all');
const j = await startJupyter({files:{'x.ipynb':nb}});
console.timeLog('all','jupyter up');
const b = await launchBrowser();
console.log(b.version());
try {
const page = await b.newPage();
await j.open(page,'x.ipynb');
console.timeLog('all','opened');
await j.command(page,'notebook:run-all-cells');
console.log(await page.locator('.jp-OutputArea-output').first().textContent());
await page.screenshot({path:'/tmp/hm/tool/lab.png'});
} finally { await b.close(); await j.stop(); }
console.timeEnd('all');
}
main().catch(e=>{console.error(e);process.exit(1)});
